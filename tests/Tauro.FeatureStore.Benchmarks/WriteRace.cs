using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>Writes: ten million sorted and committed rows against DuckDB's COPY of the same rows, and merges of a hundred thousand against writing all anew.</summary>
internal static class WriteRace
{
    private const int Merged = 100_000;

    public static async Task<int> RunAsync(Scale scale)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"tauro-benchmark-{Guid.NewGuid():n}");
        Directory.CreateDirectory(folder);
        try
        {
            using var rows = History.Rows(scale.Rows, scale.Entities, seed: 0);
            await using var connection = new DuckDBConnection("DataSource=:memory:");
            await connection.OpenAsync();
            DuckDBArrow.CreateTable(connection, "rows", rows);
            var (ours, rival) = (new List<double>(), new List<double>());
            for (var round = 0; round <= scale.Rounds; round++)
            {
                rival.Add(await TimeAsync(() => CopyAsync(connection, Path.Combine(folder, "rival.parquet"))));
                ours.Add(await TimeAsync(() => WriteAsync(folder, rows, WriteMode.Overwrite)));
            }

            var (own, copy) = (Median(ours), Median(rival));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"write {scale.Rows:n0} rows, sorted and committed: {own:f2} s, DuckDB COPY ORDER BY {copy:f2} s, {own / copy:f2}x"));
            foreach (var (name, keys) in Merges(scale))
            {
                await WriteAsync(folder, rows, WriteMode.Overwrite);
                using var merged = Rows(keys);
                var seconds = await TimeAsync(() => WriteAsync(folder, merged, WriteMode.Merge));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"merge {Merged:n0} rows, {name}: {seconds:f2} s, {seconds / own:f2}x writing all"));
            }

            return 0;

            FeatureTable Rows((Func<int, long> Key, bool Stored) kind) => History.Merge(rows, Merged, kind.Key, kind.Stored);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<(string Name, (Func<int, long> Key, bool Stored) Keys)> Merges(Scale scale)
    {
        yield return ("keys within 5 % of the range", (i => i % (scale.Entities / 20), true));
        yield return ("only new keys", (i => scale.Entities + i, false));
        yield return ("uniform", (i => i, true));
    }

    private static async Task WriteAsync(string folder, FeatureTable rows, WriteMode mode)
    {
        await using var store = new MaterializedFeatureStore(new FeatureStoreContext(folder));
        await store.RegisterFeaturesAsync(History.Group);
        await store.WriteFeaturesAsync("history", rows, mode);
        if (mode == WriteMode.Overwrite) await store.VacuumAsync("history", TimeSpan.Zero);
    }

    private static async Task CopyAsync(DuckDBConnection connection, string path)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"COPY (SELECT * FROM rows ORDER BY entity, event_timestamp) TO '{path}' (FORMAT parquet, COMPRESSION snappy)";
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        GC.Collect();
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>The first round warms up.</summary>
    private static double Median(List<double> seconds) => seconds.Skip(1).Order().ElementAt((seconds.Count - 1) / 2);
}
