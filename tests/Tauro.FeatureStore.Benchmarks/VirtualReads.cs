using DuckDB.NET.Data;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>
/// Virtual features against the same work written by hand: one SQL text on an open connection of DuckDB.NET with its Arrow interface, which joins the entities and
/// restores their order, and checks nothing.
/// </summary>
internal static class VirtualReads
{
    /// <summary>What a read may take more than 1.1 times the rival.</summary>
    private const string Bar = "bar 1.1x + 15 ms";

    private const int FewEntities = 10_000;

    private static readonly string Columns = string.Join(", ", History.Features);

    private static FeatureGroupSchema Facts { get; } = new("facts")
    {
        EntityKeys = History.Group.EntityKeys,
        TimestampKey = History.Group.TimestampKey,
        Features = History.Group.Features,
    };

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
            await using var executor = new DuckDBQueryExecutor(context, new DuckDBOptions
            {
                Sources = new Dictionary<string, DuckDBSource> { ["silver.facts"] = DuckDBSource.Parquet(facts), ["silver.history"] = DuckDBSource.Parquet(history) },
            });
            await using var store = new VirtualizedFeatureStore(context, executor);
            await store.RegisterFeaturesAsync(Facts);
            await store.RegisterFeaturesAsync(History.Group);
            await store.DefineVirtualFeaturesAsync("facts", [new VirtualFeatureDefinition($"SELECT entity, {Columns} FROM silver.facts", History.Features)]);
            await store.DefineVirtualFeaturesAsync("history", [new VirtualFeatureDefinition($"SELECT entity, event_timestamp, {Columns} FROM silver.history", History.Features)]);

            using var many = Entities(scale.Spine, scale.Rows);
            using var few = Entities(FewEntities, scale.Rows);
            using var spine = History.Spine(scale.Spine, scale.Entities);
            var rounds = Math.Max(scale.Rounds, 11);
            var lookup = $"SELECT s.entity, {Columns} FROM spine s LEFT JOIN read_parquet('{facts}') f ON s.entity = f.entity ORDER BY s.rowid";
            var asOf = $"SELECT s.entity, s.event_timestamp, {Columns} FROM spine s ASOF LEFT JOIN read_parquet('{history}') f ON s.entity = f.entity AND s.event_timestamp >= f.event_timestamp ORDER BY s.rowid";
            await CompareAsync($"latest values, {scale.Spine:n0} rows out of {scale.Rows:n0}", connection, lookup, store, "facts", many, null, rounds);
            await CompareAsync($"latest values, {FewEntities:n0} rows out of {scale.Rows:n0}", connection, lookup, store, "facts", few, null, rounds);
            await CompareAsync($"training set, {scale.Spine:n0} rows x {scale.Rows:n0}", connection, asOf, store, "history", spine, "event_timestamp", rounds);
            return 0;
        }
        finally
        {
            if (scale.Folder is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<int> CompareAsync(
        string what, DuckDBConnection connection, string sql, VirtualizedFeatureStore store, string group, FeatureTable spine, string? timeColumn, int rounds) =>
        SideBySide.RunAsync(
            $"{what}, {Bar}", "SQL by hand", _ => ByHandAsync(connection, spine, sql), "virtual store", _ => StoreAsync(store, group, spine, timeColumn), rounds, warmUp: 2);

    private static async Task<double> ByHandAsync(DuckDBConnection connection, FeatureTable spine, string sql)
    {
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

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
