namespace Tauro.FeatureStore;

/// <summary>What a caller wants to read: features, and for which entities and moments. Made by one of its four factories; immutable.</summary>
public sealed record FeatureRequest
{
    /// <summary>The time column of a spine that names none.</summary>
    public const string DefaultTimeColumn = "event_timestamp";

    private FeatureRequest(IReadOnlyList<FeatureReference> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        Features = ValueList.Of(features);
        if (features.Count == 0) throw new SchemaValidationException("The request names no features; name at least one.");
    }

    /// <summary>The features wanted, in the order of the output columns.</summary>
    public IReadOnlyList<FeatureReference> Features { get; }

    /// <summary>The rows that features are wanted for; null for every entity and for a range.</summary>
    public FeatureTable? Spine { get; private init; }

    /// <summary>The spine's column with the moment of each row; null where one moment holds for all.</summary>
    public string? TimeColumn { get; private init; }

    /// <summary>The moment that holds for all rows; null for now, and where rows have their own.</summary>
    public DateTimeOffset? PointInTime { get; private init; }

    /// <summary>The range of event times wanted, or null.</summary>
    public TimeRange? Range { get; private init; }

    /// <summary>How rows are chosen.</summary>
    /// <value>The default is <see cref="RetrievalOptions.Default"/>.</value>
    public RetrievalOptions Options { get; init; } = RetrievalOptions.Default;

    /// <summary>The latest values of some entities: one row for each entity row, in that order.</summary>
    /// <param name="features">The features wanted.</param>
    /// <param name="entities">The entity keys, and any other columns, which are handed through.</param>
    /// <param name="pointInTime">The moment to look from; null for now.</param>
    public static FeatureRequest ForEntities(IReadOnlyList<FeatureReference> features, FeatureTable entities, DateTimeOffset? pointInTime = null)
    {
        ArgumentNullException.ThrowIfNull(entities);
        return new FeatureRequest(features) { Spine = entities, PointInTime = pointInTime };
    }

    /// <summary>The latest values of every entity that has any, ordered by key. All groups must have the same keys.</summary>
    /// <param name="features">The features wanted.</param>
    /// <param name="pointInTime">The moment to look from; null for now.</param>
    public static FeatureRequest ForEveryEntity(IReadOnlyList<FeatureReference> features, DateTimeOffset? pointInTime = null) =>
        new(features) { PointInTime = pointInTime };

    /// <summary>A training set: for each row of the spine the values as of its own moment.</summary>
    /// <param name="features">The features wanted.</param>
    /// <param name="spine">Entity keys, a time for each row, and any other columns, which are handed through.</param>
    /// <param name="timeColumn">The column of the spine that holds the times.</param>
    public static FeatureRequest ForSpine(IReadOnlyList<FeatureReference> features, FeatureTable spine, string timeColumn = DefaultTimeColumn)
    {
        ArgumentNullException.ThrowIfNull(spine);
        ArgumentException.ThrowIfNullOrEmpty(timeColumn);
        return new FeatureRequest(features) { Spine = spine, TimeColumn = timeColumn };
    }

    /// <summary>All rows of one group with an event time in a range, ordered by key and time.</summary>
    /// <param name="features">Features of one group.</param>
    /// <param name="range">The event times wanted.</param>
    public static FeatureRequest ForRange(IReadOnlyList<FeatureReference> features, TimeRange range) => new(features) { Range = range };
}
