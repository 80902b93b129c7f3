namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>When to try a broken connection again: soon at first, then ever later, until the window is over. An answer starts it anew.</summary>
internal sealed class RetrySchedule(TimeSpan window, TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private long? _started;
    private TimeSpan _next = First;

    public void Reset() => (_started, _next) = (null, First);

    /// <summary>Waits for the next try; false where the window is over.</summary>
    public async Task<bool> WaitAsync(TimeSpan? atLeast, CancellationToken cancellationToken)
    {
        _started ??= clock.GetTimestamp();
        var wait = atLeast > _next ? atLeast.Value : _next;
        if (clock.GetElapsedTime(_started.Value) + wait > window) return false;
        await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(false);
        _next = _next * 4 > Longest ? Longest : _next * 4;
        return true;
    }
}
