using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>
/// A group of features that share their entity keys and their event time. Immutable, with value equality; <see cref="Validate"/> says whether
/// it holds together, and registering it calls that first.
/// </summary>
/// <remarks>
/// A group has a <see cref="TimestampKey"/>, or is declared <see cref="IsStatic"/>. A group without entity keys holds global values: one series
/// for all rows of a spine.
/// </remarks>
public sealed record FeatureGroupSchema
{
    /// <summary>The owner of a group that names none.</summary>
    public const string UnknownOwner = "unknown";

    /// <summary>Declares a group.</summary>
    /// <param name="name">The group's name: ASCII letters, digits and underscores, starting with a letter, at most 128.</param>
    /// <exception cref="SchemaValidationException">The name is invalid.</exception>
    public FeatureGroupSchema(string name) => Name = Identifier.CheckGroup(name);

    /// <summary>The group's name.</summary>
    public string Name { get; }

    /// <summary>The version of the schema. A breaking change asks for the next one; all versions stay readable.</summary>
    /// <value>The default is 1.</value>
    public int Version { get; init; } = 1;

    /// <summary>The columns that together name an entity; none for global values.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<EntityKey> EntityKeys { get; init => field = ValueList.Of(value); } = ValueList<EntityKey>.Empty;

    /// <summary>The column that says when a row was true (its event time), or null for a static group.</summary>
    /// <value>The default is null.</value>
    public string? TimestampKey { get; init; }

    /// <summary>The type of the event time: <see cref="DataType.Timestamp"/>, or <see cref="DataType.Date"/> for midnight UTC of a day.</summary>
    /// <value>The default is <see cref="DataType.Timestamp"/>.</value>
    public DataType TimestampType { get; init; } = DataType.Timestamp;

    /// <summary>
    /// The column that says when the store learned a row (its created time), for history that was loaded from elsewhere: a timestamp in every row, never
    /// null. Null where the moment of the write counts.
    /// </summary>
    /// <value>The default is null.</value>
    public string? CreatedTimestampKey { get; init; }

    /// <summary>Declares that the group's rows have no event time and hold for all time; the last write of an entity answers.</summary>
    /// <value>The default is false.</value>
    public bool IsStatic { get; init; }

    /// <summary>How long after its event time a row becomes visible to a read. A daily total that is complete at the end of its day has a delay of one day.</summary>
    /// <value>The default is zero. Whole microseconds, not negative.</value>
    public TimeSpan AvailabilityDelay { get; init; }

    /// <summary>How old, counted from its event time, a row may be and still answer; exactly that old still counts. Null means unlimited.</summary>
    /// <value>The default is null.</value>
    public TimeSpan? Lookback { get; init; }

    /// <summary>The features, in the order in which they are stored.</summary>
    /// <value>The default is empty; a valid group has at least one.</value>
    public IReadOnlyList<FeatureSchema> Features { get; init => field = ValueList.Of(value); } = ValueList<FeatureSchema>.Empty;

    /// <summary>What a person should know about the group.</summary>
    /// <value>The default is the empty text.</value>
    public string Description { get; init; } = "";

    /// <summary>Who answers for the group.</summary>
    /// <value>The default is <see cref="UnknownOwner"/>.</value>
    public string Owner { get; init; } = UnknownOwner;

    /// <summary>Labels to find the group by.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<string, string> Tags { get; init => field = ValueMap<string>.Of(value); } = ValueMap<string>.Empty;

    /// <summary>Whether writes refuse values that break a rule in a feature's metadata: <c>min</c>, <c>max</c>, <c>allowed</c>.</summary>
    /// <value>The default is false.</value>
    public bool EnforceMetadataRules { get; init; }

    /// <summary>The group's name and version, as a feature reference writes it: <c>user_features@1</c>.</summary>
    public string QualifiedName => string.Create(CultureInfo.InvariantCulture, $"{Name}@{Version}");

    /// <summary>The feature of that name, without regard to case.</summary>
    /// <param name="name">The feature's name.</param>
    /// <exception cref="FeatureNotFoundException">The group has no such feature; the message lists those it has.</exception>
    public FeatureSchema GetFeature(string name) => FindFeature(name)
        ?? throw new FeatureNotFoundException($"The group '{QualifiedName}' has no feature '{name}'. It has: {string.Join(", ", Features.Select(feature => feature.Name))}.")
        {
            FeatureGroup = Name,
            Feature = name,
        };

    /// <summary>The feature of that name, without regard to case, or null where the group has none.</summary>
    /// <param name="name">The feature's name.</param>
    public FeatureSchema? FindFeature(string name)
    {
        foreach (var feature in Features)
            if (feature.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return feature;
        return null;
    }

    /// <summary>The same schema with one more feature at its end.</summary>
    /// <param name="feature">The feature to add.</param>
    public FeatureGroupSchema AddFeature(FeatureSchema feature)
    {
        ArgumentNullException.ThrowIfNull(feature);
        return this with { Features = [.. Features, feature] };
    }

    /// <summary>Checks that the schema holds together: names, types, keys, times.</summary>
    /// <exception cref="SchemaValidationException">It does not; the message names the group, the member and the remedy.</exception>
    public void Validate()
    {
        if (Version < 1) throw Invalid(string.Create(CultureInfo.InvariantCulture, $"the version {Version} must be at least 1"));
        if (Features.Count == 0) throw Invalid("it has no features; declare at least one");
        CheckTime();

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var column in ColumnNames())
            if (!seen.Add(column)) throw Invalid($"the column '{column}' is declared twice; names are unique without regard to case");
        foreach (var feature in Features) feature.Validate(Name);
    }

    /// <summary>All columns of the group's rows in their order: keys, event time, created time, features.</summary>
    internal IEnumerable<string> ColumnNames()
    {
        foreach (var key in EntityKeys) yield return key.Name;
        if (TimestampKey is not null) yield return TimestampKey;
        if (CreatedTimestampKey is not null) yield return CreatedTimestampKey;
        foreach (var feature in Features) yield return feature.Name;
    }

    private void CheckTime()
    {
        if (TimestampKey is null && !IsStatic)
            throw Invalid("it has no TimestampKey; name the column of the event time, or declare the group static (IsStatic = true)");
        if (TimestampKey is not null && IsStatic)
            throw Invalid($"it has the TimestampKey '{TimestampKey}' and is declared static; it can be only one of them");
        if (TimestampKey is not null) Identifier.Check(TimestampKey, "timestamp key");
        if (CreatedTimestampKey is not null) Identifier.Check(CreatedTimestampKey, "created timestamp key");
        if (TimestampType.Kind is not (DataTypeKind.Timestamp or DataTypeKind.Date))
            throw Invalid($"its TimestampType {TimestampType} is neither TIMESTAMP nor DATE");
        if (AvailabilityDelay < TimeSpan.Zero) throw Invalid($"its AvailabilityDelay {AvailabilityDelay:c} is negative");
        if (AvailabilityDelay.Ticks % TimeSpan.TicksPerMicrosecond != 0) throw Invalid("its AvailabilityDelay is not a whole number of microseconds");
        if (IsStatic && AvailabilityDelay != TimeSpan.Zero) throw Invalid("it is static, and a static group has no AvailabilityDelay");
        if (IsStatic && Lookback is not null) throw Invalid("it is static, and a static group has no Lookback");
        if (Lookback is not null) LookbackRule.Check(Lookback.Value, $"the group '{QualifiedName}'");
    }

    private SchemaValidationException Invalid(string what) => new($"The group '{QualifiedName}' is not valid: {what}.") { FeatureGroup = Name };
}
