using System.Diagnostics;
using System.Globalization;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>
/// A materialization of rows that a Spark server computes: through this process as a stream, and by files that Spark writes itself. Each in a process of its own, whose peak
/// memory is told; the server must see the files of this machine.
/// </summary>
internal static class SparkMaterialize
{
    private const string Stream = "stream";
    private const string Files = "files";

    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync(string endpoint, Scale scale)
    {
        string[] ways = [Stream, Files];
        var runs = ways.ToDictionary(way => way, _ => new List<(double Seconds, double Megabytes)>());
        for (var round = 0; round < scale.Rounds; round++)
            foreach (var way in ways) runs[way].Add(await MeasureAsync(endpoint, way, scale));

        Console.WriteLine($"{scale.Rows:n0} rows x 8 columns of {scale.Entities:n0} entities, computed by Spark and materialized, median of {scale.Rounds}:");
        var rival = SideBySide.Median(runs[Stream].Select(run => run.Seconds));
        foreach (var way in ways)
        {
            var (seconds, memory) = (SideBySide.Median(runs[way].Select(run => run.Seconds)), SideBySide.Median(runs[way].Select(run => run.Megabytes)));
            Console.WriteLine($"  {way,-8} {seconds,7:f2} s  {seconds / rival,5:f2}x   peak memory of this process {memory,6:f0} MB");
        }

        return 0;
    }

    /// <summary>One way in this process: prints the seconds and the peak megabytes.</summary>
    public static async Task RunOnceAsync(string endpoint, string way, int rows, int entities)
    {
        var folder = Directory.CreateTempSubdirectory("tauro-benchmark-").FullName;
        try
        {
            var context = new FeatureStoreContext(Path.Combine(folder, "store"));
            var options = new SparkOptions { ConnectionString = endpoint, QueryTimeout = TimeSpan.FromMinutes(20), SharedPath = way == Files ? folder : null };
            await using var spark = new SparkQueryExecutor(context, options);
            await using var materialized = new MaterializedFeatureStore(context);
            await using var computed = new VirtualizedFeatureStore(context, spark);
            await using var store = new CompositeFeatureStore(context, materialized, computed);
            await store.RegisterFeaturesAsync(History.Group);
            // Rows come in the order of time, as events do, and must be sorted by entity.
            await computed.DefineVirtualFeaturesAsync("history", [new VirtualFeatureDefinition($"""
                SELECT id % {entities} AS entity, timestamp_micros(1704067200000000 + id * 1000000) AS event_timestamp, {string.Join(", ", History.Features.Select((name, i) => $"hash(id, {i}) / 7D AS {name}"))}
                FROM range(0, {rows})
                """, [.. History.Features])]);
            await store.MaterializeAsync("history", Start, Start.AddSeconds(1000));
            var watch = Stopwatch.StartNew();
            var done = await store.MaterializeAsync("history", Start, Start.AddSeconds(rows));
            var seconds = watch.Elapsed.TotalSeconds;
            if (done.RowsWritten != rows) throw new InvalidOperationException($"{done.RowsWritten} rows were written.");
            if (Directory.GetDirectories(Path.Combine(folder, "store", "history", "v1"), "engine-*").Length > 0 != (way == Files)) throw new InvalidOperationException($"The rows did not go the way of {way}.");
            using var process = Process.GetCurrentProcess();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:f3} {process.PeakWorkingSet64 / 1e6:f0}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double Seconds, double Megabytes)> MeasureAsync(string endpoint, string way, Scale scale)
    {
        var figures = await Race.RunWorkerAsync("materialize-worker", endpoint, way, scale.Rows.ToString(CultureInfo.InvariantCulture), scale.Entities.ToString(CultureInfo.InvariantCulture));
        return (figures[0], figures[1]);
    }
}
