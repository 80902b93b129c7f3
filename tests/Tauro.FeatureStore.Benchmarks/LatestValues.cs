using System.Globalization;
using Apache.Arrow;
using DuckDB.NET.Data;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>
/// Four entities' latest values, each time from a new store, then from one store that keeps latest values in its cache; the rival has an open connection and the same file, and one query for each entity, which it
/// answers many times faster than one query with IN.
/// </summary>
internal static class LatestValues
{
    private const int Wanted = 4;

    /// <summary>The reads after which a store has searched as many rows as finding the latest values of all entities takes.</summary>
    private const int Warming = 200;

    public static async Task<int> RunAsync(Scale scale)
    {
        var folder = scale.Folder ?? Path.Combine(Path.GetTempPath(), $"tauro-benchmark-{Guid.NewGuid():n}");
        try
        {
            await Race.PrepareAsync(scale, folder);
            await using var connection = new DuckDBConnection("DataSource=:memory:");
            await connection.OpenAsync();
            await SideBySide.RunAsync(
                $"latest values of {Wanted} entities, {scale.Rows:n0} rows in {scale.Writes} writes, cold", "DuckDB SQL", round => BareAsync(connection, folder, Keys(round, scale)),
                "managed, a new store", round => ManagedAsync(folder, Keys(round, scale)), Math.Max(scale.Rounds, 31));

            await using var kept = new MaterializedFeatureStore(new FeatureStoreContext(folder)) { CacheSizeMegabytes = 1024 };
            return await SideBySide.RunAsync(
                "the same, latest values in the cache", "DuckDB SQL", round => BareAsync(connection, folder, Keys(round, scale)),
                "managed, one store", round => ManagedAsync(kept, Keys(round, scale)), Math.Max(scale.Rounds, 31), warmUp: Warming);
        }
        finally
        {
            if (scale.Folder is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static long[] Keys(int round, Scale scale)
    {
        var random = new Random(round + 1000);
        return [.. Enumerable.Range(0, Wanted).Select(_ => (long)random.Next(scale.Entities))];
    }

    private static async Task<double> ManagedAsync(string folder, long[] keys)
    {
        await using var store = new MaterializedFeatureStore(new FeatureStoreContext(folder));
        return await ManagedAsync(store, keys);
    }

    private static async Task<double> ManagedAsync(MaterializedFeatureStore store, long[] keys)
    {
        using var entities = FeatureTable.FromColumns(("entity", keys));
        using var answer = await store.GetFeaturesAsync([.. History.Features.Select(FeatureReference.Parse)], entities);
        return answer.Batches.Sum(Worker.Sum);
    }

    private static async Task<double> BareAsync(DuckDBConnection connection, string folder, long[] keys)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = string.Join(" UNION ALL ", keys.Select(key => string.Create(CultureInfo.InvariantCulture, $"""
            (SELECT f1, f2, f3, f4, f5, f6 FROM read_parquet('{folder}/history/v1/*.parquet') WHERE entity = {key} ORDER BY event_timestamp DESC LIMIT 1)
            """)));
        using var stream = command.ExecuteArrowStream();
        var sum = 0.0;
        while (await stream.ReadNextRecordBatchAsync() is { } batch)
        {
            sum += Worker.Sum(batch);
            batch.Dispose();
        }

        return sum;
    }
}
