using System.Diagnostics;
using System.Globalization;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>Contestants in one warmed process that take turns, for answers that take milliseconds or less, or that a server gives.</summary>
internal static class SideBySide
{
    /// <summary>The system counts the time of processors in steps of ten milliseconds.</summary>
    private const double WorthTelling = 0.05;

    /// <summary>Runs a rival and what is measured, prints the medians and their ratio, and checks that both answer alike.</summary>
    /// <param name="what">What is asked.</param>
    /// <param name="rivalName">What the ratio is to.</param>
    /// <param name="rival">Answers with a sum over the values.</param>
    /// <param name="ownName">What is measured.</param>
    /// <param name="own">Answers with a sum over the values.</param>
    /// <param name="rounds">How often each runs.</param>
    /// <param name="warmUp">How often each runs before.</param>
    public static Task<int> RunAsync(string what, string rivalName, Func<int, Task<double>> rival, string ownName, Func<int, Task<double>> own, int rounds, int warmUp = 5) =>
        RunAsync(what, [(rivalName, rival), (ownName, own)], rounds, warmUp);

    /// <summary>Runs several contestants, prints their medians as ratios to the first, and checks that all answer alike.</summary>
    public static async Task<int> RunAsync(string what, IReadOnlyList<(string Name, Func<int, Task<double>> Run)> contestants, int rounds, int warmUp)
    {
        var times = contestants.Select(_ => new List<double>()).ToList();
        var work = contestants.Select(_ => new List<double>()).ToList();
        for (var round = -warmUp; round < rounds; round++)
        {
            var expected = 0.0;
            for (var i = 0; i < contestants.Count; i++)
            {
                var (sum, seconds, processors) = await MeasureAsync(contestants[i].Run, round);
                if (i == 0) expected = sum;
                if (Math.Abs(expected - sum) > 0.01 + (1e-6 * Math.Abs(expected)))
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Round {round}: {contestants[0].Name} answered {expected}, {contestants[i].Name} {sum}."));
                if (round < 0) continue;
                times[i].Add(seconds);
                work[i].Add(processors);
            }
        }

        var rival = Median(times[0]);
        var width = Math.Max(24, contestants.Max(contestant => contestant.Name.Length));
        Console.WriteLine($"{what}, median of {rounds}:");
        for (var i = 0; i < contestants.Count; i++)
            Console.WriteLine($"  {contestants[i].Name.PadRight(width)} {Median(times[i]) * 1e3,9:f2} ms  {Median(times[i]) / rival:f2}x");
        if (Median(work[0]) >= WorthTelling)
            Console.WriteLine($"  of all processors' time: {string.Join(", ", work.Select(used => $"{Median(used) * 1e3:f0} ms, {Median(used) / Median(work[0]):f2}x"))}");
        return 0;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>The time that passes, and that of all processors, which other work on the machine does not touch.</summary>
    private static async Task<(double Sum, double Seconds, double Work)> MeasureAsync(Func<int, Task<double>> contestant, int round)
    {
        var (watch, work) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var sum = await contestant(round);
        return (sum, watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - work).TotalSeconds);
    }
}
