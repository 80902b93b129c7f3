namespace Tauro.FeatureStore.Engines;

/// <summary>
/// One call of a caller: a session, and the steps that it takes on threads of the pool. A step that is cancelled or takes too long is stopped inside DuckDB, and
/// has ended when the caller hears of it.
/// </summary>
internal sealed class QueryOperation : IAsyncDisposable
{
    /// <summary>An interrupt that comes just before a statement starts is lost, so it is repeated until the step has ended.</summary>
    private static readonly TimeSpan InterruptInterval = TimeSpan.FromMilliseconds(10);

    private readonly DuckDBSession _session;
    private readonly TimeSpan? _timeout;
    private readonly TimeProvider _time;
    private readonly CancellationToken _closed;
    private readonly CancellationToken _cancelled;
    private TimeSpan _spent;

    private QueryOperation(DuckDBSession session, TimeSpan? timeout, TimeProvider time, CancellationToken closed, CancellationToken cancelled) =>
        (_session, _timeout, _time, _closed, _cancelled) = (session, timeout, time, closed, cancelled);

    /// <summary>Opens a session of an instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="timeout">How long all steps together may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="closed">Says that the executor is disposed.</param>
    /// <param name="cancelled">Says that the caller does not want the answer any more.</param>
    public static async Task<QueryOperation> StartAsync(
        Func<DuckDBInstance> instance, TimeSpan? timeout, TimeProvider time, CancellationToken closed, CancellationToken cancelled)
    {
        cancelled.ThrowIfCancellationRequested();
        try
        {
            var session = await Task.Run(() => instance().Connect(), CancellationToken.None).ConfigureAwait(false);
            return new QueryOperation(session, timeout, time, closed, cancelled);
        }
        catch (DuckDBEngineException error)
        {
            throw new VirtualizationQueryException($"DuckDB did not start: {error.Message}", error);
        }
    }

    /// <summary>Takes a step.</summary>
    /// <param name="what">What is run, as an error shows it.</param>
    /// <param name="step">The blocking work.</param>
    /// <param name="caller">The caller's query that is run, or is a part of what is run: errors name the place in it, and show no value of its parameters.</param>
    /// <param name="progress">Told how the step goes on; the session watches its progress.</param>
    public async Task<T> RunAsync<T>(string what, Func<DuckDBSession, T> step, SqlSource? caller = null, ProgressReporter? progress = null)
    {
        ThrowIfStopped(what);
        using var deadline = _timeout is { } timeout ? new CancellationTokenSource(timeout - _spent, _time) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_cancelled, _closed, deadline.Token);
        var started = _time.GetTimestamp();
        try
        {
            var running = Task.Run(() => step(_session), CancellationToken.None);
            await WatchAsync(running, progress, stop.Token).ConfigureAwait(false);
            return await running.ConfigureAwait(false);
        }
        catch (DuckDBEngineException error)
        {
            if (stop.IsCancellationRequested) ThrowStopped(what);
            var position = caller is null ? null : error.In(caller.Sql);
            throw new VirtualizationQueryException(
                $"DuckDB could not run {what}\nIt said{(position is null ? "" : $" of {position}")}: {QueryText.WithoutValues(error, caller)}")
            {
                Position = position,
            };
        }
        finally
        {
            _spent += _time.GetElapsedTime(started);
        }
    }

    public async ValueTask DisposeAsync() => await Task.Run(_session.Dispose, CancellationToken.None).ConfigureAwait(false);

    /// <summary>Waits for a step, and stops it where nobody wants it any more or nobody can be told of it.</summary>
    private async Task WatchAsync(Task running, ProgressReporter? progress, CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult).ConfigureAwait(false);
        var ended = Task.WhenAny(running, stopped.Task);
        try
        {
            if (progress is not null) await ReportAsync(ended, progress).ConfigureAwait(false);
            await ended.ConfigureAwait(false);
        }
        finally
        {
            while (!running.IsCompleted)
            {
                _session.Interrupt();
                await Task.WhenAny(running, Task.Delay(InterruptInterval, TimeProvider.System, CancellationToken.None)).ConfigureAwait(false);
            }
        }
    }

    private async Task ReportAsync(Task ended, ProgressReporter progress)
    {
        do
        {
            // A wait that is no longer needed leaves no timer behind.
            using var enough = new CancellationTokenSource();
            await Task.WhenAny(ended, Task.Delay(ProgressReporter.Interval, _time, enough.Token)).ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
            progress.Report(_session.Progress);
        }
        while (!ended.IsCompleted);
    }

    private void ThrowIfStopped(string what)
    {
        if (_cancelled.IsCancellationRequested || _closed.IsCancellationRequested || _timeout - _spent <= TimeSpan.Zero) ThrowStopped(what);
    }

    private void ThrowStopped(string what)
    {
        if (_cancelled.IsCancellationRequested) throw new OperationCanceledException("The query was cancelled, and DuckDB stopped.", _cancelled);
        ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, typeof(DuckDBQueryExecutor));
        throw new QueryTimeoutException(
            $"DuckDB did not answer within {_timeout}, and was stopped. Ask for less, or set a longer {nameof(DuckDBOptions)}.{nameof(DuckDBOptions.QueryTimeout)}. It ran {what}")
        {
            Timeout = _timeout!.Value,
        };
    }
}
