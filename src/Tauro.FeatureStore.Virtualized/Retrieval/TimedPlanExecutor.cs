using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Virtualized;

/// <summary>An engine that is stopped when it has worked on a plan for too long.</summary>
internal sealed class TimedPlanExecutor(IPlanExecutor engine, TimeSpan timeout, TimeProvider clock) : IPlanExecutor
{
    public string Name => engine.Name;

    public bool CanRead(PlanSource source) => engine.CanRead(source);

    public async IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var deadline = new QueryDeadline(timeout, clock, cancellationToken);
        var batches = engine.RunAsync(plan, deadline.Token).GetAsyncEnumerator(deadline.Token);
        await using var _ = batches.ConfigureAwait(false);
        while (await NextAsync(batches, deadline, cancellationToken).ConfigureAwait(false))
        {
            deadline.Pause();
            yield return batches.Current;
            deadline.Resume();
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<RecordBatch> batches, QueryDeadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await batches.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException stopped) when (deadline.IsOver || cancellationToken.IsCancellationRequested)
        {
            throw Translate(stopped, Name, timeout, deadline, cancellationToken);
        }
    }

    /// <summary>Says who stopped an engine: the time that it had, or the caller.</summary>
    public static Exception Translate(OperationCanceledException stopped, string engine, TimeSpan timeout, QueryDeadline deadline, CancellationToken cancellationToken) => deadline.IsOver
        ? new QueryTimeoutException(
            $"{engine} did not answer within {timeout}, and was stopped. Ask for less, or set a longer {nameof(VirtualizedFeatureStore)}.{nameof(VirtualizedFeatureStore.QueryTimeout)}.")
        {
            Timeout = timeout,
        }
        : new OperationCanceledException(stopped.Message, stopped, cancellationToken);
}
