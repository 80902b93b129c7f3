namespace Tauro.FeatureStore.Specification;

/// <summary>A small history and reads of it, made by chance. Moments are microseconds since 1970.</summary>
/// <param name="Keys">All key columns there are. A spine has each of them twice: under its name and under that of a mapping.</param>
/// <param name="Groups">The groups.</param>
/// <param name="Steps">Writes and reads, one after another.</param>
/// <remarks>
/// For an engine that takes long for a query, however small, many histories of one form are packed into one: the first key, which every group has, is then the
/// history's number.
/// </remarks>
public sealed record GeneratedCase(IReadOnlyList<GeneratedKey> Keys, IReadOnlyList<GeneratedGroup> Groups, IReadOnlyList<GeneratedStep> Steps)
{
    /// <summary>How many histories are packed.</summary>
    public int Packed { get; init; } = 1;

    /// <summary>Which of them a row belongs to, by the values of its keys.</summary>
    public int NumberOf(IReadOnlyList<object?> key) => Packed == 1 ? 0 : (int)key[0]!;
}

public sealed record GeneratedKey(string Name, DataType Type)
{
    /// <summary>The spine's other column of this key.</summary>
    public string MappedName => $"other_{Name}";
}

/// <param name="Name">The group's name.</param>
/// <param name="Keys">Its key columns, by their places among all.</param>
/// <param name="Times">What its event times are.</param>
/// <param name="SaysCreated">Whether its rows say when they were created.</param>
/// <param name="Delay">Microseconds.</param>
/// <param name="Lookback">Microseconds, or null.</param>
public sealed record GeneratedGroup(string Name, IReadOnlyList<int> Keys, EventTimes Times, bool SaysCreated, long Delay, long? Lookback)
{
    public const string EventTime = "event_time";
    public const string CreatedTime = "created_time";

    /// <summary>The types of the features that every group has.</summary>
    public static IReadOnlyList<DataType> FeatureTypes { get; } = [DataType.Int, DataType.String, DataType.Double];

    public string FeatureName(int feature) => $"{Name}_{(char)('a' + feature)}";
}

public enum EventTimes
{
    Timestamps,
    Dates,
    Static,
}

public abstract record GeneratedStep;

/// <param name="Group">The group's place.</param>
/// <param name="Advance">How many ticks the clock moves before.</param>
/// <param name="Mode">Append, overwrite, merge or backfill, which replaces the range of its rows' event times.</param>
/// <param name="Rows">At least one row.</param>
public sealed record GeneratedWrite(int Group, long Advance, WriteMode Mode, IReadOnlyList<GeneratedRow> Rows) : GeneratedStep;

/// <summary>What is stored of a group is arranged anew, which changes no answer.</summary>
/// <param name="Group">The group's place.</param>
public sealed record GeneratedTending(int Group) : GeneratedStep;

public sealed record GeneratedRow(IReadOnlyList<object> Key, long Event, long Created, IReadOnlyList<object?> Values);

/// <param name="Kind">The way of reading.</param>
/// <param name="Features">The features in their order.</param>
/// <param name="Spine">The rows of a training set or of entities; else none.</param>
/// <param name="Moment">The moment of entities and of every entity; null for now.</param>
/// <param name="From">The first moment of a range.</param>
/// <param name="To">The first moment after a range.</param>
/// <param name="Options">How rows are chosen.</param>
public sealed record GeneratedRead(
    ReadKind Kind, IReadOnlyList<GeneratedFeature> Features, IReadOnlyList<GeneratedSpineRow> Spine, long? Moment, long From, long To, RetrievalOptions Options) : GeneratedStep;

public enum ReadKind
{
    TrainingSet,
    Entities,
    EveryEntity,
    Range,
}

/// <param name="Group">The group's place.</param>
/// <param name="Feature">The feature's place in the group.</param>
/// <param name="Alias">The name of the output column.</param>
/// <param name="SkipNulls">Whether nulls are skipped.</param>
/// <param name="Mapped">Whether the keys are those of the mapping.</param>
public sealed record GeneratedFeature(int Group, int Feature, string Alias, bool SkipNulls, bool Mapped);

/// <param name="Keys">A value for each key column there is, or null.</param>
/// <param name="MappedKeys">The same for the columns of the mapping.</param>
/// <param name="Moment">The moment, or null.</param>
public sealed record GeneratedSpineRow(IReadOnlyList<object?> Keys, IReadOnlyList<object?> MappedKeys, long? Moment);
