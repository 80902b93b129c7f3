namespace Tauro.FeatureStore.Benchmarks;

/// <summary>Generated rows: a group of a key, a time and some features, and a spine over the same entities and times.</summary>
internal static class History
{
    /// <summary>The features of the group; a process has one number of them, set at its start.</summary>
    public static string[] Features { get; private set; } = Names(6);

    /// <summary>The earliest time of a row; all are within a year from then.</summary>
    public static readonly DateTimeOffset Begin = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const long Microseconds = 365L * 86_400 * 1_000_000;

    public static FeatureGroupSchema Group => new("history")
    {
        EntityKeys = [new EntityKey("entity", DataType.BigInt)],
        TimestampKey = "event_timestamp",
        Features = [.. Features.Select(name => new FeatureSchema(name, DataType.Double))],
    };

    public static void UseFeatures(int count) => Features = Names(count);

    private static string[] Names(int count) => [.. Enumerable.Range(1, count).Select(i => $"f{i}")];

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

    /// <summary>Rows of a merge: of stored keys and times where there are such, with other values.</summary>
    public static FeatureTable Merge(FeatureTable rows, int count, Func<int, long> keyOf, bool stored)
    {
        var random = new Random(1);
        var (keys, times) = (rows.GetColumn<long>("entity"), rows.GetColumn<DateTimeOffset>("event_timestamp"));
        int[] places = stored ? Places(keys, count, keyOf) : [.. Enumerable.Range(0, count)];
        var columns = new List<(string, Array)>
        {
            ("entity", places.Select((place, i) => stored ? keys[place] : keyOf(i)).ToArray()), ("event_timestamp", places.Select(place => times[place]).ToArray()),
        };
        foreach (var feature in Features) columns.Add((feature, places.Select(_ => random.NextDouble()).ToArray()));
        return FeatureTable.FromColumns([.. columns]);
    }

    /// <summary>Places of rows whose keys are among the wanted.</summary>
    private static int[] Places(long[] keys, int count, Func<int, long> keyOf)
    {
        var wanted = Enumerable.Range(0, count).Select(keyOf).ToHashSet();
        var places = Enumerable.Range(0, keys.Length).Where(place => wanted.Contains(keys[place])).ToArray();
        new Random(2).Shuffle(places);
        return places[..Math.Min(count, places.Length)];
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
