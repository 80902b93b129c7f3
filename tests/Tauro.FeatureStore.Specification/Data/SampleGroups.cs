namespace Tauro.FeatureStore.Specification;

/// <summary>Groups that several suites use.</summary>
public static class SampleGroups
{
    /// <summary>Keyed by a text, without an event time.</summary>
    public static FeatureGroupSchema Countries { get; } = new("countries")
    {
        EntityKeys = [new EntityKey("country", DataType.String)],
        IsStatic = true,
        Features = [new FeatureSchema("capital", DataType.String)],
    };

    /// <summary>Without a key: one series for everybody.</summary>
    public static FeatureGroupSchema Rates { get; } = new("rates")
    {
        TimestampKey = "event_time",
        Features = [new FeatureSchema("rate", DataType.Double)],
    };

    /// <summary>Keyed by an airport, with an event time.</summary>
    public static FeatureGroupSchema Airports { get; } = new("airports")
    {
        EntityKeys = [new EntityKey("airport", DataType.String)],
        TimestampKey = "event_time",
        Features = [new FeatureSchema("queue", DataType.Int), new FeatureSchema("weather", DataType.String)],
    };

    /// <summary>Keyed by two columns.</summary>
    public static FeatureGroupSchema Pairs(DataType first, DataType second) => new("pairs")
    {
        EntityKeys = [new EntityKey("a", first), new EntityKey("b", second)],
        TimestampKey = "event_time",
        Features = [new FeatureSchema("value", DataType.String)],
    };

    /// <summary>Keyed by one column of any type.</summary>
    public static FeatureGroupSchema Keyed(DataType? type) => new("things")
    {
        EntityKeys = [new EntityKey("id", type)],
        TimestampKey = "event_time",
        Features = [new FeatureSchema("value", DataType.String)],
    };
}
