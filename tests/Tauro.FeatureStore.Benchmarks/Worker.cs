using System.Diagnostics;
using System.Globalization;
using Apache.Arrow;
using DuckDB.NET.Data;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>One contestant in a process of its own: warms up on a small spine, runs once, and prints seconds, the process's peak megabytes, how many of them are above what it held before and the result, and a sum over the answer.</summary>
internal static class Worker
{
    private const int WarmUpRows = 1_000;

    public static async Task RunAsync(string contestant, string folder)
    {
        var scale = (await File.ReadAllTextAsync(Path.Combine(folder, "scale"))).Split(' ');
        var (count, entities) = (int.Parse(scale[0], CultureInfo.InvariantCulture), int.Parse(scale[1], CultureInfo.InvariantCulture));
        History.UseFeatures(int.Parse(scale[2], CultureInfo.InvariantCulture));
        using var small = History.Spine(WarmUpRows, entities);
        using var spine = History.Spine(count, entities);
        await RunOnceAsync(contestant, folder, small);
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var before = process.WorkingSet64;

        var watch = Stopwatch.StartNew();
        var sum = await RunOnceAsync(contestant, folder, spine);
        var seconds = watch.Elapsed.TotalSeconds;
        process.Refresh();
        var above = process.PeakWorkingSet64 - before - ((long)count * History.Features.Length * sizeof(double));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:f3} {process.PeakWorkingSet64 / 1e6:f0} {above / 1e6:f0} {sum:f3}"));
    }

    private static async Task<double> RunOnceAsync(string contestant, string folder, FeatureTable spine)
    {
        if (contestant == Race.Contestants[0]) return await RunBareAsync(folder, spine);
        var context = new FeatureStoreContext(folder);
        await using var executor = contestant == Race.Contestants[2] ? new DuckDBQueryExecutor(context) : null;
        await using var store = new MaterializedFeatureStore(context, executor: executor);
        using var answer = await store.GetTrainingSetAsync([.. History.Features.Select(FeatureReference.Parse)], spine);
        return answer.Batches.Sum(Sum);
    }

    public static async Task<double> RunBareAsync(string folder, FeatureTable spine)
    {
        await using var connection = new DuckDBConnection("DataSource=:memory:");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SET TimeZone = 'UTC'";
        await command.ExecuteNonQueryAsync();
        DuckDBArrow.CreateTable(connection, "spine", spine);
        command.CommandText = $"""
            SELECT {string.Join(", ", History.Features)}
            FROM spine ASOF LEFT JOIN read_parquet('{folder}/history/v1/*.parquet') AS f
              ON spine.entity = f.entity AND spine.event_timestamp >= f.event_timestamp
            """;
        using var stream = command.ExecuteArrowStream();
        var batches = new List<RecordBatch>();
        while (await stream.ReadNextRecordBatchAsync() is { } batch) batches.Add(batch);
        var sum = batches.Sum(Sum);
        foreach (var batch in batches) batch.Dispose();
        return sum;
    }

    public static double Sum(RecordBatch batch)
    {
        var sum = 0.0;
        foreach (var feature in History.Features)
        {
            var column = (DoubleArray)batch.Column(feature);
            for (var i = 0; i < column.Length; i++) sum += column.GetValue(i) ?? 0;
        }

        return Math.Round(sum, 3);
    }
}
