using Apache.Arrow;

namespace Tauro.FeatureStore.Virtualized;

/// <summary>An engine that is stopped when it has worked on a plan for too long.</summary>
internal sealed class TimedPlanExecutor(IPlanExecutor engine, TimeSpan timeout, TimeProvider clock) : IPlanExecutor
{
    public string Name => engine.Name;

    public bool CanRead(PlanSource source) => engine.CanRead(source);

    public IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken = default) => TimedStream.RunAsync(
        token => engine.RunAsync(plan, token), timeout, clock, (failure, deadline) => Translate(failure, Name, timeout, deadline), cancellationToken);

    /// <summary>Says who stopped an engine: the time that it had, or the caller; null where it failed by itself.</summary>
    public static Exception? Translate(Exception failure, string engine, TimeSpan timeout, QueryDeadline deadline)
    {
        if (failure is not OperationCanceledException stopped) return null;
        if (!deadline.IsOver) return deadline.Caller.IsCancellationRequested ? new OperationCanceledException(stopped.Message, stopped, deadline.Caller) : null;
        return new QueryTimeoutException(
            $"{engine} did not answer within {timeout}, and was stopped. Ask for less, or set a longer {nameof(VirtualizedFeatureStore)}.{nameof(VirtualizedFeatureStore.QueryTimeout)}.")
        {
            Timeout = timeout,
        };
    }
}
