using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>A stream of batches that has a time, which stands still while the caller works on a batch.</summary>
internal static class TimedStream
{
    /// <summary>Runs a stream.</summary>
    /// <param name="open">The stream.</param>
    /// <param name="timeout">The time.</param>
    /// <param name="clock">What measures it.</param>
    /// <param name="translate">What a failure means; null to let it pass as it is.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public static async IAsyncEnumerable<RecordBatch> RunAsync(
        Func<CancellationToken, IAsyncEnumerable<RecordBatch>> open, TimeSpan timeout, TimeProvider clock, Func<Exception, QueryDeadline, Exception?> translate,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var deadline = new QueryDeadline(timeout, clock, cancellationToken);
        var batches = open(deadline.Token).GetAsyncEnumerator(deadline.Token);
        await using var opened = batches.ConfigureAwait(false);
        while (true)
        {
            bool any;
            try
            {
                any = await batches.MoveNextAsync().ConfigureAwait(false);
            }
            catch (Exception failure) when (translate(failure, deadline) is { } known)
            {
                throw known;
            }

            if (!any) yield break;
            deadline.Pause();
            yield return batches.Current;
            deadline.Resume();
        }
    }
}
