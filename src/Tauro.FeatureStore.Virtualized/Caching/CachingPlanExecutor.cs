using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Virtualized;

/// <summary>An engine whose answers are kept and given again.</summary>
/// <param name="engine">The engine.</param>
/// <param name="cache">Where answers are kept.</param>
/// <param name="timeToLive">How long an answer is given again.</param>
/// <param name="isLatest">Whether the request names no moment, so that "latest" stands for it, whatever the clock shows.</param>
internal sealed class CachingPlanExecutor(IPlanExecutor engine, ResultCache cache, TimeSpan timeToLive, bool isLatest) : IPlanExecutor
{
    public string Name => engine.Name;

    /// <summary>Finds the version of the tables that are read.</summary>
    public required Func<CancellationToken, Task<string>> FindVersionAsync { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    public bool CanRead(PlanSource source) => engine.CanRead(source);

    public async IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var from = Clock.GetUtcNow();
        var key = AnswerKey.Of(plan, isLatest, await FindVersionAsync(cancellationToken).ConfigureAwait(false));
        if (cache.Find(key) is { } known)
        {
            foreach (var batch in known) yield return batch;
            yield break;
        }

        var (kept, bytes) = (new List<RecordBatch>(), 0L);
        var isWhole = false;
        try
        {
            await foreach (var batch in engine.RunAsync(plan, cancellationToken).ConfigureAwait(false))
            {
                // What is larger than the cache is not even collected.
                bytes += ArrowMemory.SizeOf(batch);
                if (bytes <= cache.Size) kept.Add(ResultCache.Share(batch));
                yield return batch;
            }

            isWhole = bytes <= cache.Size;
            if (isWhole) cache.Keep(key, kept, bytes, from, timeToLive);
        }
        finally
        {
            if (!isWhole)
                foreach (var batch in kept) batch.Dispose();
        }
    }
}
