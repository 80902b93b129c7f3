using DuckDB.NET.Data;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>
/// Virtual features against the same work written by hand: one SQL text on an open connection of DuckDB.NET with its Arrow interface, which joins the entities and
/// restores their order.
/// </summary>
/// <remarks>
/// The text by hand checks nothing: two rows of one key double a row of a lookup, and of two rows of one key and time it takes any. The store refuses both. For a
/// training set a second rival refuses as the store does: before it joins, it groups the rows by key and time, and looks for a group of two. The rows of the training set
/// stand in the order of key and time, as a store writes them, and once more in the order of time, as a log is written.
/// </remarks>
internal static class VirtualReads
{
    /// <summary>What a read may take more than 1.1 times the rival.</summary>
    private const string Bar = "bar 1.1x + 15 ms";

    private const int FewEntities = 10_000;

    private static readonly string Columns = string.Join(", ", History.Features);

    private static FeatureGroupSchema Facts { get; } = Like(History.Group, "facts");

    private static FeatureGroupSchema Log { get; } = Like(History.Group, "log");

    public static async Task<int> RunAsync(Scale scale)
    {
        var folder = scale.Folder ?? Path.Combine(Path.GetTempPath(), $"tauro-benchmark-{Guid.NewGuid():n}");
        try
        {
            await Race.PrepareAsync(scale, folder);
            await using var connection = new DuckDBConnection("DataSource=:memory:");
            await connection.OpenAsync();
            Execute(connection, "SET TimeZone = 'UTC'");
            var facts = Path.Combine(folder, "facts.parquet");
            if (!File.Exists(facts))
                Execute(connection, $"COPY (SELECT range AS entity, {string.Join(", ", History.Features.Select(name => $"random() AS {name}"))} FROM range({scale.Rows})) TO '{facts}' (FORMAT parquet)");

            var context = new FeatureStoreContext(Path.Combine(folder, "virtual"));
            var history = Path.Combine(folder, "history", "v1", "*.parquet");
            var log = Path.Combine(folder, "log.parquet");
            if (!File.Exists(log)) Execute(connection, $"COPY (SELECT * FROM read_parquet('{history}') ORDER BY event_timestamp) TO '{log}' (FORMAT parquet)");
            await using var executor = new DuckDBQueryExecutor(context, new DuckDBOptions
            {
                Sources = new Dictionary<string, DuckDBSource> { ["silver.facts"] = DuckDBSource.Parquet(facts), ["silver.history"] = DuckDBSource.Parquet(history), ["silver.log"] = DuckDBSource.Parquet(log) },
            });
            await using var store = new VirtualizedFeatureStore(context, executor);
            await store.RegisterFeaturesAsync(Facts);
            await store.RegisterFeaturesAsync(History.Group);
            await store.RegisterFeaturesAsync(Log);
            await store.DefineVirtualFeaturesAsync("facts", [new VirtualFeatureDefinition($"SELECT entity, {Columns} FROM silver.facts", History.Features)]);
            await store.DefineVirtualFeaturesAsync("history", [new VirtualFeatureDefinition($"SELECT entity, event_timestamp, {Columns} FROM silver.history", History.Features)]);

            await store.DefineVirtualFeaturesAsync("log", [new VirtualFeatureDefinition($"SELECT entity, event_timestamp, {Columns} FROM silver.log", History.Features)]);

            using var many = Entities(scale.Spine, scale.Rows);
            using var few = Entities(FewEntities, scale.Rows);
            using var spine = History.Spine(scale.Spine, scale.Entities);
            var rounds = Math.Max(scale.Rounds, 11);
            var lookup = $"SELECT s.entity, {Columns} FROM spine s LEFT JOIN read_parquet('{facts}') f ON s.entity = f.entity ORDER BY s.rowid";
            await CompareAsync($"latest values, {scale.Spine:n0} rows out of {scale.Rows:n0}", connection, lookup, null, store, "facts", many, null, rounds);
            await CompareAsync($"latest values, {FewEntities:n0} rows out of {scale.Rows:n0}", connection, lookup, null, store, "facts", few, null, rounds);
            foreach (var (group, file, order) in ((string, string, string)[])[("history", history, "key and time"), ("log", log, "time")])
            {
                var asOf = $"SELECT s.entity, s.event_timestamp, {Columns} FROM spine s ASOF LEFT JOIN read_parquet('{file}') f ON s.entity = f.entity AND s.event_timestamp >= f.event_timestamp ORDER BY s.rowid";
                var twins = $"SELECT entity, event_timestamp FROM read_parquet('{file}') GROUP BY ALL HAVING count(*) > 1 LIMIT 1";
                var what = $"training set, {scale.Spine:n0} rows x {scale.Rows:n0} in the order of {order}";
                await CompareAsync(what, connection, asOf, null, store, group, spine, "event_timestamp", rounds);
                await CompareAsync(what, connection, asOf, twins, store, group, spine, "event_timestamp", rounds);
            }

            return 0;
        }
        finally
        {
            if (scale.Folder is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<int> CompareAsync(
        string what, DuckDBConnection connection, string sql, string? twins, VirtualizedFeatureStore store, string group, FeatureTable spine, string? timeColumn, int rounds) =>
        SideBySide.RunAsync(
            $"{what}, {Bar}", twins is null ? "SQL by hand" : "SQL that refuses twins", _ => ByHandAsync(connection, spine, sql, twins), "virtual store", _ => StoreAsync(store, group, spine, timeColumn), rounds, warmUp: 2);

    private static async Task<double> ByHandAsync(DuckDBConnection connection, FeatureTable spine, string sql, string? twins)
    {
        if (twins is not null && Finds(connection, twins)) throw new InvalidOperationException("The benchmark's rows have twins.");
        DuckDBArrow.CreateTable(connection, "spine", spine);
        var sum = 0.0;
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = sql;
            using var stream = command.ExecuteArrowStream();
            while (await stream.ReadNextRecordBatchAsync() is { } batch)
            {
                sum += Worker.Sum(batch);
                batch.Dispose();
            }
        }

        Execute(connection, "DROP TABLE spine; DROP VIEW __spine");
        return sum;
    }

    private static async Task<double> StoreAsync(VirtualizedFeatureStore store, string group, FeatureTable spine, string? timeColumn)
    {
        FeatureReference[] features = [.. History.Features.Select(name => new FeatureReference(name, group))];
        var request = timeColumn is null ? FeatureRequest.ForEntities(features, spine) : FeatureRequest.ForSpine(features, spine, timeColumn);
        var sum = 0.0;
        await foreach (var batch in store.StreamFeaturesAsync(request))
        {
            sum += Worker.Sum(batch);
            batch.Dispose();
        }

        return sum;
    }

    private static FeatureTable Entities(int count, int rows)
    {
        var random = new Random(7);
        var keys = new long[count];
        for (var i = 0; i < count; i++) keys[i] = random.Next(rows);
        return FeatureTable.FromColumns(("entity", keys));
    }

    private static FeatureGroupSchema Like(FeatureGroupSchema group, string name) => new(name) { EntityKeys = group.EntityKeys, TimestampKey = group.TimestampKey, Features = group.Features };

    private static bool Finds(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        return reader.Read();
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
