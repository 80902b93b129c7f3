using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>
/// A training set as the registry keeps it: all that is needed to make it again, and to tell whether it came out the same. It holds no rows: those of the spine are the
/// caller's, those of the features are in the tables' versions.
/// </summary>
public sealed record SavedTrainingSet
{
    internal SavedTrainingSet(string name, int version) => (Name, Version) = (name, version);

    /// <summary>The name under which it was saved.</summary>
    public string Name { get; }

    /// <summary>The version, from 1 on: each save of another request, other tables or another spine under the name is a version of its own.</summary>
    public int Version { get; internal init; }

    /// <summary>The name and version, as <see cref="TrainingSetExtensions.RunTrainingSetAsync"/> takes them: <c>churn@1</c>.</summary>
    public string QualifiedName => string.Create(CultureInfo.InvariantCulture, $"{Name}@{Version}");

    /// <summary>The features, each with its group and the group's version.</summary>
    public required IReadOnlyList<FeatureReference> Features { get; init => field = ValueList.Of(value); }

    /// <summary>The spine's column with the times.</summary>
    public required string TimeColumn { get; init; }

    /// <summary>How rows are chosen, but for the versions of tables.</summary>
    public required RetrievalOptions Options { get; init; }

    /// <summary>
    /// The version of each group's table that was read, by the group as <c>group@version</c>; −1 for a table that was not written yet, null for features that are
    /// computed, which have none.
    /// </summary>
    public required IReadOnlyDictionary<string, long?> TableVersions { get; init => field = ValueMap<long?>.Of(value); }

    /// <summary>The fingerprint of the spine.</summary>
    public required TableFingerprint Spine { get; init; }

    /// <summary>The fingerprint of the answer, without the spine's columns.</summary>
    public required TableFingerprint Answer { get; init; }

    /// <summary>When it was saved.</summary>
    public DateTimeOffset CreatedTime { get; internal init; }

    /// <summary>Who saved it.</summary>
    public string Author { get; internal init; } = FeatureGroupSchema.UnknownOwner;

    /// <summary>Whether two are the same but for version, time and author.</summary>
    internal bool IsSameSetAs(SavedTrainingSet other) => this with { Version = other.Version, CreatedTime = other.CreatedTime, Author = other.Author } == other;
}
