namespace Tauro.FeatureStore.Materialized;

/// <summary>Does pieces of work side by side: as many at once as there are processors, up to a bound that keeps the memory of a read bounded too.</summary>
internal static class WorkerPool
{
    private const int MaxWorkers = 8;

    private static readonly int Workers = Math.Clamp(Environment.ProcessorCount, 1, MaxWorkers);

    /// <summary>Does each piece once. The first failure stops the others and is thrown.</summary>
    public static Task ForEachAsync<T>(IEnumerable<T> pieces, Func<T, CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(pieces, new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken }, work);
}
