using System.Diagnostics;
using System.Globalization;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>How much memory this process takes while ever longer answers of ten columns stream through it: it must not grow with them.</summary>
internal static class SparkMemory
{
    /// <summary>The longest is just short of a gigabyte, which is the most that a server gives one query unless it is told otherwise.</summary>
    private static readonly long[] Sizes = [1_000_000, 4_000_000, 12_000_000];

    /// <summary>The server's driver holds the whole answer of each task, so that few tasks would need more memory there than it has.</summary>
    private const long RowsPerTask = 250_000;

    public static async Task<int> RunAsync(string endpoint)
    {
        await using var spark = new SparkQueryExecutor(new FeatureStoreContext(Path.GetTempPath()), endpoint);
        await ReadAsync(spark, Sizes[0]);
        foreach (var size in Sizes)
        {
            var (seconds, workingSet, heap) = await ReadAsync(spark, size);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{size,12:n0} rows x 10: {seconds,6:f1} s, working set at most {workingSet / 1e6,5:f0} MB, managed heap after a collection in mid-stream at most {heap / 1e6,5:f1} MB"));
        }

        return 0;
    }

    private static async Task<(double Seconds, long WorkingSet, long Heap)> ReadAsync(SparkQueryExecutor spark, long size)
    {
        var columns = string.Join(", ", Enumerable.Range(0, 9).Select(i => $"id * {i + 3} + 0.5D AS c{i}"));
        var watch = Stopwatch.StartNew();
        long rows = 0, workingSet = 0, heap = 0, nextLook = size / 10;
        await foreach (var batch in spark.StreamAsync($"SELECT id, {columns} FROM range(0, {size}, 1, {size / RowsPerTask})"))
        {
            using (batch) rows += batch.Length;
            workingSet = Math.Max(workingSet, Environment.WorkingSet);
            if (rows < nextLook) continue;
            nextLook += size / 10;
            heap = Math.Max(heap, GC.GetTotalMemory(forceFullCollection: true));
        }

        return rows == size ? (watch.Elapsed.TotalSeconds, workingSet, heap) : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{rows} rows came instead of {size}."));
    }
}
