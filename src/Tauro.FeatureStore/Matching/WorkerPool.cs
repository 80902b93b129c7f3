using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Does pieces of work side by side: as many at once as there are processors, up to a bound that keeps the memory of a read bounded too.</summary>
internal static class WorkerPool
{
    private const int MaxWorkers = 8;

    /// <summary>Smaller ranges than one for each worker, since they differ in work.</summary>
    private const int RangesPerWorker = 8;

    private static readonly int Workers = Math.Clamp(Environment.ProcessorCount, 1, MaxWorkers);

    /// <summary>Less work than this is done faster than it is handed to others.</summary>
    private const int WorthSharing = 1 << 16;

    /// <summary>Does pieces one after another where they have few rows in all, else side by side. The first failure stops the others and is thrown.</summary>
    public static async Task ForEachAsync<T>(IReadOnlyCollection<T> pieces, long rows, Func<T, CancellationToken, ValueTask> work, CancellationToken cancellationToken)
    {
        if (rows >= WorthSharing && pieces.Count > 1)
        {
            await ForEachAsync(pieces, work, cancellationToken).ConfigureAwait(false);
            return;
        }

        foreach (var piece in pieces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await work(piece, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Does what is only computing for all of some items, in ranges side by side where they have many rows.</summary>
    /// <param name="items">The number of items.</param>
    /// <param name="rows">The rows that they have in all.</param>
    /// <param name="work">Does the items from one to another, the last excluded.</param>
    public static void ForRanges(int items, long rows, Action<int, int> work)
    {
        var ranges = rows < WorthSharing ? 1 : Math.Min(items, Workers * RangesPerWorker);
        if (ranges <= 1) work(0, items);
        else Parallel.For(0, ranges, new ParallelOptions { MaxDegreeOfParallelism = Workers }, range => work(Border(range), Border(range + 1)));

        int Border(int range) => (int)((long)items * range / ranges);
    }

    /// <summary>Makes each of some columns, side by side where they have many values in all.</summary>
    /// <param name="columns">The number of columns.</param>
    /// <param name="rows">The rows of each.</param>
    /// <param name="make">Makes one of them.</param>
    public static IArrowArray[] MakeColumns(int columns, int rows, Func<int, IArrowArray> make)
    {
        var made = new IArrowArray[columns];
        ForRanges(columns, (long)columns * rows, (from, end) =>
        {
            for (var column = from; column < end; column++) made[column] = make(column);
        });
        return made;
    }

    /// <summary>Does each piece once. The first failure stops the others and is thrown.</summary>
    private static Task ForEachAsync<T>(IEnumerable<T> pieces, Func<T, CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(pieces, new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken }, work);
}
