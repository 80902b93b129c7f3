using System.Diagnostics;
using System.Globalization;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>Two contestants in one warmed process that take turns, for answers that take milliseconds or less.</summary>
internal static class SideBySide
{
    /// <summary>The system counts the time of processors in steps of ten milliseconds.</summary>
    private const double WorthTelling = 0.05;

    /// <summary>Runs both, prints the medians and their ratio, and checks that both answer alike.</summary>
    /// <param name="what">What is asked.</param>
    /// <param name="rivalName">What the ratio is to.</param>
    /// <param name="rival">Answers with a sum over the values.</param>
    /// <param name="ownName">What is measured.</param>
    /// <param name="own">Answers with a sum over the values.</param>
    /// <param name="rounds">How often each runs.</param>
    /// <param name="warmUp">How often each runs before.</param>
    public static async Task<int> RunAsync(string what, string rivalName, Func<int, Task<double>> rival, string ownName, Func<int, Task<double>> own, int rounds, int warmUp = 5)
    {
        var (rivalTimes, ownTimes, rivalWork, ownWork) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = -warmUp; round < rounds; round++)
        {
            var (rivalSum, rivalTime, rivalCpu) = await MeasureAsync(rival, round);
            var (ownSum, ownTime, ownCpu) = await MeasureAsync(own, round);
            if (Math.Abs(rivalSum - ownSum) > 0.01 + (1e-6 * Math.Abs(rivalSum)))
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Round {round}: {rivalName} answered {rivalSum}, {ownName} {ownSum}."));
            if (round < 0) continue;
            rivalTimes.Add(rivalTime);
            ownTimes.Add(ownTime);
            rivalWork.Add(rivalCpu);
            ownWork.Add(ownCpu);
        }

        var (rivalMedian, ownMedian) = (Median(rivalTimes), Median(ownTimes));
        Console.WriteLine($"{what}, median of {rounds}:");
        Console.WriteLine($"  {rivalName,-24} {rivalMedian * 1e3,9:f2} ms  1.00x");
        Console.WriteLine($"  {ownName,-24} {ownMedian * 1e3,9:f2} ms  {ownMedian / rivalMedian:f2}x");
        if (Median(rivalWork) >= WorthTelling) Console.WriteLine($"  of all processors' time: {Median(rivalWork) * 1e3:f0} and {Median(ownWork) * 1e3:f0} ms, {Median(ownWork) / Median(rivalWork):f2}x");
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
