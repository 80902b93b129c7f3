namespace Tauro.FeatureStore;

/// <summary>The time that a query may take. It stands still while the caller works on a batch.</summary>
internal sealed class QueryDeadline : IDisposable
{
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _timeout;
    private TimeSpan _used;
    private long _since;

    public QueryDeadline(TimeSpan timeout, TimeProvider clock, CancellationToken caller)
    {
        (_timeout, _clock, _caller) = (timeout, clock, caller);
        _timer = new CancellationTokenSource(timeout, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, caller);
        _since = clock.GetTimestamp();
    }

    /// <summary>The caller's own token.</summary>
    public CancellationToken Caller => _caller;

    /// <summary>Cancelled when the time is over or the caller cancels.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Whether a cancellation was the time's, not the caller's.</summary>
    public bool IsOver => _timer.IsCancellationRequested && !_caller.IsCancellationRequested;

    public void Pause()
    {
        _timer.CancelAfter(Timeout.InfiniteTimeSpan);
        _used += _clock.GetElapsedTime(_since);
    }

    public void Resume()
    {
        _since = _clock.GetTimestamp();
        if (_timeout == Timeout.InfiniteTimeSpan) return;
        var left = _timeout - _used;
        _timer.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
