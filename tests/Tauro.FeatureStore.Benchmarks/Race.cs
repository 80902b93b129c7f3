using System.Diagnostics;
using System.Globalization;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>Writes the tables once, lets the contestants take turns, and prints each as a ratio to the rival.</summary>
internal static class Race
{
    private const string Rival = "bare DuckDB ASOF";

    public static readonly string[] Contestants = [Rival, "managed", "DuckDB executor"];

    public static async Task<int> RunAsync(Scale scale)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"tauro-benchmark-{Guid.NewGuid():n}");
        try
        {
            await WriteAsync(scale, folder);
            var runs = Contestants.ToDictionary(name => name, _ => new List<(double Seconds, double Megabytes, string Sum)>());
            for (var round = 0; round < scale.Rounds; round++)
                foreach (var name in Contestants) runs[name].Add(await MeasureAsync(name, folder));

            var (rivalTime, rivalMemory) = (Median(runs[Rival].Select(run => run.Seconds)), Median(runs[Rival].Select(run => run.Megabytes)));
            Console.WriteLine($"training set, {scale.Spine:n0} spine rows x {scale.Rows:n0} rows in {scale.Writes} writes, {scale.Entities:n0} entities, median of {scale.Rounds}:");
            foreach (var name in Contestants)
            {
                var (time, memory) = (Median(runs[name].Select(run => run.Seconds)), Median(runs[name].Select(run => run.Megabytes)));
                Console.WriteLine($"  {name,-18} {time,7:f2} s  {time / rivalTime,5:f2}x   peak {memory,6:f0} MB  {memory / rivalMemory,5:f2}x   sum {runs[name][0].Sum}");
            }

            return runs.Values.SelectMany(run => run).Select(run => run.Sum).Distinct().Count() == 1 ? 0 : Fail("The contestants answered differently.");
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteAsync(Scale scale, string folder)
    {
        await using var store = new MaterializedFeatureStore(new FeatureStoreContext(folder));
        await store.RegisterFeaturesAsync(History.Group);
        for (var write = 0; write < scale.Writes; write++)
        {
            using var rows = History.Rows(scale.Rows / scale.Writes, scale.Entities, seed: write);
            var watch = Stopwatch.StartNew();
            await store.WriteFeaturesAsync("history", rows);
            Console.WriteLine($"wrote {rows.RowCount:n0} rows in {watch.Elapsed.TotalSeconds:f2} s");
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "scale"), $"{scale.Spine} {scale.Entities}");
    }

    private static async Task<(double Seconds, double Megabytes, string Sum)> MeasureAsync(string contestant, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["worker", contestant, folder]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{contestant} ended with {process.ExitCode}.");
        var parts = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(' ');
        return (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static int Fail(string why)
    {
        Console.Error.WriteLine(why);
        return 1;
    }
}
