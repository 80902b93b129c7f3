namespace Tauro.FeatureStore;

/// <summary>Tells a caller how one query goes on, from one thread at a time.</summary>
internal sealed class ProgressReporter(IProgress<QueryProgress> progress, TimeProvider time)
{
    /// <summary>The most that is said of an answer that is not complete, whatever the engine thinks of it.</summary>
    private const double AlmostDone = 0.99;

    private readonly long _started = time.GetTimestamp();
    private TimeSpan _reported;
    private double? _fraction;

    /// <summary>The time between two reports.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A reporter, where the caller wants to know.</summary>
    public static ProgressReporter? For(IProgress<QueryProgress>? progress, TimeProvider time) => progress is null ? null : new ProgressReporter(progress, time);

    /// <summary>Says what the engine estimates, unless something was said just before.</summary>
    /// <param name="fraction">The share of the work that is done; null where the engine cannot say.</param>
    public void Report(double? fraction)
    {
        var elapsed = time.GetElapsedTime(_started);
        if (elapsed - _reported < Interval) return;
        if (fraction is { } share) _fraction = Math.Max(_fraction ?? 0, Math.Clamp(share, 0, AlmostDone));
        _reported = elapsed;
        progress.Report(new QueryProgress(_fraction, elapsed));
    }

    /// <summary>Says that the answer is complete.</summary>
    public void Complete() => progress.Report(new QueryProgress(1, time.GetElapsedTime(_started)));
}
