using System.Diagnostics;
using System.Globalization;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>Writes the tables once, lets the contestants take turns, and prints each as a ratio to the rival.</summary>
internal static class Race
{
    /// <summary>Sums of many values differ in their last digits, by the order of adding.</summary>
    private const double Rounding = 1e-7;

    private const string Rival = "bare DuckDB ASOF";

    public static readonly string[] Contestants = [Rival, "managed", "DuckDB executor"];

    public static async Task<int> RunAsync(Scale scale)
    {
        var folder = scale.Folder ?? Path.Combine(Path.GetTempPath(), $"tauro-benchmark-{Guid.NewGuid():n}");
        try
        {
            await PrepareAsync(scale, folder);
            string[] contestants = [Rival, .. scale.Contestants];
            var runs = contestants.ToDictionary(name => name, _ => new List<Run>());
            for (var round = 0; round < scale.Rounds; round++)
                foreach (var name in contestants) runs[name].Add(await MeasureAsync(name, folder));

            var (rivalTime, rivalMemory) = (Median(runs[Rival].Select(run => run.Seconds)), Median(runs[Rival].Select(run => run.Megabytes)));
            Console.WriteLine($"training set, {scale.Spine:n0} spine rows x {scale.Rows:n0} rows of {scale.Features} features in {scale.Writes} writes, {scale.Entities:n0} entities, median of {scale.Rounds}:");
            foreach (var name in contestants)
            {
                var (time, memory) = (Median(runs[name].Select(run => run.Seconds)), Median(runs[name].Select(run => run.Megabytes)));
                var above = Median(runs[name].Select(run => run.MegabytesAbove));
                Console.WriteLine(
                    $"  {name,-18} {time,7:f2} s  {time / rivalTime,5:f2}x   peak {memory,6:f0} MB  {memory / rivalMemory,5:f2}x   above spine and result {above,6:f0} MB   sum {runs[name][0].Sum:f1}");
            }

            var sums = runs.Values.SelectMany(run => run).Select(run => run.Sum).ToArray();
            return sums.Max() - sums.Min() <= Math.Abs(sums.Max()) * Rounding ? 0 : Fail("The contestants answered differently.");
        }
        finally
        {
            if (scale.Folder is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes the tables of a scale, unless the folder has them from an earlier run.</summary>
    public static Task PrepareAsync(Scale scale, string folder) => File.Exists(Path.Combine(folder, "scale")) ? Task.CompletedTask : WriteAsync(scale, folder);

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

        await File.WriteAllTextAsync(Path.Combine(folder, "scale"), $"{scale.Spine} {scale.Entities} {scale.Features}");
    }

    private static async Task<Run> MeasureAsync(string contestant, string folder)
    {
        var figures = await RunWorkerAsync("worker", contestant, folder);
        return new Run(figures[0], figures[1], figures[2], figures[3]);
    }

    /// <summary>Runs this program in a process of its own, and gives the figures on the last line that it prints.</summary>
    public static async Task<double[]> RunWorkerAsync(params string[] arguments)
    {
        // Started as "dotnet X.dll" this process is the host, which has to be told the program.
        var isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, isHost ? [Environment.GetCommandLineArgs()[0], .. arguments] : arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}.");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture))];
    }

    /// <summary>What one run took.</summary>
    /// <param name="Seconds">Its time.</param>
    /// <param name="Megabytes">The peak of its process.</param>
    /// <param name="MegabytesAbove">That peak without the result, the spine, and what the process had before.</param>
    /// <param name="Sum">The sum of the answer's values.</param>
    private sealed record Run(double Seconds, double Megabytes, double MegabytesAbove, double Sum);

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
