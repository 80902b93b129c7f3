namespace Tauro.FeatureStore;

/// <summary>How a request chooses among the rows of its groups. Immutable.</summary>
public sealed record RetrievalOptions
{
    /// <summary>The options of a request that names none.</summary>
    public static RetrievalOptions Default { get; } = new();

    /// <summary>
    /// How old, counted from its event time, a row may be and still answer, for every group of the request that is not static; exactly that old still
    /// counts. Null leaves each group its own <see cref="FeatureGroupSchema.Lookback"/>; <see cref="TimeSpan.MaxValue"/> lifts it.
    /// </summary>
    /// <value>The default is null. Greater than zero.</value>
    public TimeSpan? Lookback { get; init; }

    /// <summary>
    /// Counts only rows that the store had learned by the moment of each spine row: what was written later is invisible, however old its event time.
    /// </summary>
    /// <value>The default is false: late data counts.</value>
    public bool KnownAsOf { get; init; }

    /// <summary>Whether a row that becomes visible exactly at the moment of a spine row counts.</summary>
    /// <value>The default is true.</value>
    public bool AllowExactMatches { get; init; } = true;

    /// <summary>
    /// Adds two columns for each group of the request: <c>group__event_time</c>, the event time of the row that answered, and <c>group__matched</c>, whether one
    /// did. A group that is used several times has them under the name of the first output column of each further use.
    /// </summary>
    /// <value>The default is false.</value>
    public bool IncludeMatches { get; init; }

    /// <summary>Whether a spine row may have a null time; all its features are then null. Otherwise it is an error that names the row.</summary>
    /// <value>The default is false.</value>
    public bool AllowNullTimes { get; init; }

    /// <summary>
    /// Reads a group as that version of its table holds it: time travel, which also sees rows that were replaced or deleted since. For requests of one group.
    /// </summary>
    /// <value>The default is null: the newest version.</value>
    public long? AsOfVersion { get; init; }

    /// <summary>Reads every group as it was stored at that moment: in the version that was its newest then. A group that was not written by then is empty.</summary>
    /// <value>The default is null: the newest version.</value>
    public DateTimeOffset? AsOfTimestamp { get; init; }

    /// <summary>
    /// Which store of a <see cref="CompositeFeatureStore"/> answers features that both serve, as after <see cref="CompositeFeatureStore.MaterializeAsync"/>, and whose
    /// references name none.
    /// </summary>
    /// <value>The default is null: such a feature is refused, with the names of both.</value>
    public StoreKind? Store { get; init; }

    /// <summary>
    /// The version in which each group's table is read, by the group as <c>group@version</c>; -1 for one that was not written yet. A store whose rows have no versions
    /// takes no notice.
    /// </summary>
    internal IReadOnlyDictionary<string, long> TableVersions { get; init; } = ValueMap<long>.Empty;
}
