using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Fetches columns of rows given by their places, several at once. Values of a fixed width go from a page straight to their place in the answer, and only
/// pages with a wanted row are read; columns of another kind are read chunk by chunk, one whole column in memory for each processor.
/// </summary>
internal sealed class RowGatherer
{
    private readonly RowSource _source;
    private readonly WantedRows _wanted;

    private RowGatherer(RowSource source, WantedRows wanted) => (_source, _wanted) = (source, wanted);

    /// <summary>The values of columns, in the order of the places; <see cref="RowPlace.None"/> stands for nulls.</summary>
    public static Task<IReadOnlyList<IArrowArray>> GatherAsync(
        RowSource source, ReadOnlyMemory<RowPlace> places, IReadOnlyList<PlanColumn> columns, CancellationToken cancellationToken) =>
        GatherAsync(source, WantedRows.Of(places.Span, source.Chunks.Count), columns, cancellationToken);

    /// <summary>The values of columns in the wanted rows, each at its place in the answer.</summary>
    public static async Task<IReadOnlyList<IArrowArray>> GatherAsync(
        RowSource source, WantedRows wanted, IReadOnlyList<PlanColumn> columns, CancellationToken cancellationToken)
    {
        if (columns.Count == 0) return [];
        await WorkerPool.ForEachAsync(wanted.Chunks, wanted.Count, (chunk, _) => Sort(wanted, chunk), cancellationToken).ConfigureAwait(false);
        return await new RowGatherer(source, wanted).GatherAsync(columns, cancellationToken).ConfigureAwait(false);
    }

    private static ValueTask Sort(WantedRows wanted, int chunk)
    {
        wanted.Sort(chunk);
        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<IArrowArray>> GatherAsync(IReadOnlyList<PlanColumn> columns, CancellationToken cancellationToken)
    {
        var gathered = new IArrowArray[columns.Count];
        await WorkerPool.ForEachAsync(
            Enumerable.Range(0, columns.Count).SelectMany(Pieces).ToArray(), _wanted.Count * (long)columns.Count, (piece, token) => piece(token), cancellationToken).ConfigureAwait(false);
        return gathered;

        IEnumerable<Func<CancellationToken, ValueTask>> Pieces(int i)
        {
            var type = columns[i].Type;
            if (_wanted.Chunks.Count == 0)
            {
                gathered[i] = ArrowMemory.Nulls(ArrowTypes.ToArrow(type), _wanted.Count);
            }
            else if (ScatterTarget.WidthOf(type) is { } width)
            {
                var target = new ScatterTarget(type, width, _wanted.Missing);
                var left = _wanted.Chunks.Count;
                foreach (var chunk in _wanted.Chunks)
                    yield return async token =>
                    {
                        await ScatterAsync(chunk, columns[i], target, token).ConfigureAwait(false);
                        if (Interlocked.Decrement(ref left) == 0) gathered[i] = target.Build();
                    };
            }
            else
            {
                yield return async token => gathered[i] = await TakeAsync(columns[i], token).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask ScatterAsync(int chunk, PlanColumn column, ScatterTarget target, CancellationToken cancellationToken)
    {
        if (_source.TryScatter(chunk, column, _wanted.Of(chunk), target, cancellationToken)) return;
        using var values = await _source.ReadAsync(chunk, column, cancellationToken).ConfigureAwait(false);
        target.Put(_wanted.Of(chunk), values);
    }

    private async ValueTask<IArrowArray> TakeAsync(PlanColumn column, CancellationToken cancellationToken)
    {
        var positions = new int[_wanted.Count];
        positions.AsSpan().Fill(ArrowTake.Null);
        var pieces = new List<IArrowArray>(_wanted.Chunks.Count);
        var next = 0;
        try
        {
            foreach (var chunk in _wanted.Chunks)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var values = await _source.ReadAsync(chunk, column, cancellationToken).ConfigureAwait(false);
                pieces.Add(ArrowTake.Take(values, Rows(chunk, positions, ref next)));
            }

            using var all = ArrowTake.Concatenate(pieces, ArrowTypes.ToArrow(column.Type));
            return ArrowTake.Take(all, positions);
        }
        finally
        {
            foreach (var piece in pieces) piece.Dispose();
        }
    }

    /// <summary>The wanted rows of a chunk; notes which place in the answer each of them has.</summary>
    private int[] Rows(int chunk, int[] positions, ref int next)
    {
        var wanted = _wanted.Of(chunk);
        var rows = new int[wanted.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = wanted[i].Row;
            positions[wanted[i].Target] = next++;
        }

        return rows;
    }
}
