namespace Tauro.FeatureStore.Benchmarks;

/// <summary>Generated rows: a group of 8 columns and a spine over the same entities and times.</summary>
internal static class History
{
    public static readonly string[] Features = ["f1", "f2", "f3", "f4", "f5", "f6"];

    private static readonly DateTimeOffset Begin = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const long Microseconds = 365L * 86_400 * 1_000_000;

    public static FeatureGroupSchema Group { get; } = new("history")
    {
        EntityKeys = [new EntityKey("entity", DataType.BigInt)],
        TimestampKey = "event_timestamp",
        Features = [.. Features.Select(name => new FeatureSchema(name, DataType.Double))],
    };

    public static FeatureTable Rows(int count, int entities, int seed)
    {
        var random = new Random(seed);
        var columns = new List<(string, Array)> { ("entity", Keys(count, entities, random)), ("event_timestamp", Times(count, random)) };
        foreach (var feature in Features)
        {
            var values = new double[count];
            for (var i = 0; i < count; i++) values[i] = random.NextDouble();
            columns.Add((feature, values));
        }

        return FeatureTable.FromColumns([.. columns]);
    }

    public static FeatureTable Spine(int count, int entities)
    {
        var random = new Random(42);
        return FeatureTable.FromColumns(("entity", Keys(count, entities, random)), ("event_timestamp", Times(count, random)));
    }

    private static long[] Keys(int count, int entities, Random random)
    {
        var keys = new long[count];
        for (var i = 0; i < count; i++) keys[i] = random.Next(entities);
        return keys;
    }

    private static DateTimeOffset[] Times(int count, Random random)
    {
        var times = new DateTimeOffset[count];
        for (var i = 0; i < count; i++) times[i] = Begin.AddMicroseconds(random.NextInt64(Microseconds));
        return times;
    }
}
