using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Fetches columns of rows given by their places. Each column of a chunk is read once, and only where the chunk has a row that is wanted; one column is in
/// memory at a time.
/// </summary>
internal sealed class RowGatherer
{
    private readonly RowSource _source;
    private readonly int _count;
    private readonly int[] _chunks;
    private readonly int[][] _rows;
    private readonly int[] _positions;

    /// <summary>Prepares for the rows at the given places; <see cref="RowPlace.None"/> stands for nulls.</summary>
    public RowGatherer(RowSource source, ReadOnlySpan<RowPlace> places)
    {
        _source = source;
        _count = places.Length;
        var counts = new int[source.Chunks.Count];
        foreach (var place in places)
            if (!place.IsNone) counts[place.Chunk]++;
        _chunks = [.. Enumerable.Range(0, counts.Length).Where(chunk => counts[chunk] > 0)];
        _rows = [.. counts.Select(count => new int[count])];
        _positions = new int[places.Length];

        var next = new int[counts.Length];
        var bases = new int[counts.Length];
        for (var chunk = 1; chunk < bases.Length; chunk++) bases[chunk] = bases[chunk - 1] + counts[chunk - 1];
        for (var i = 0; i < places.Length; i++)
        {
            _positions[i] = ArrowTake.Null;
            if (places[i].IsNone) continue;
            var chunk = places[i].Chunk;
            _rows[chunk][next[chunk]] = places[i].Row;
            _positions[i] = bases[chunk] + next[chunk]++;
        }
    }

    /// <summary>The values of a column, in the order of the places.</summary>
    public async Task<IArrowArray> GatherAsync(PlanColumn column, CancellationToken cancellationToken)
    {
        var type = ArrowTypes.ToArrow(column.Type);
        if (_chunks.Length == 0) return ArrowMemory.Nulls(type, _count);
        var pieces = new List<IArrowArray>(_chunks.Length);
        try
        {
            foreach (var chunk in _chunks)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var values = await _source.ReadAsync(chunk, column, cancellationToken).ConfigureAwait(false);
                pieces.Add(ArrowTake.Take(values, _rows[chunk]));
            }

            using var all = ArrowTake.Concatenate(pieces, type);
            return ArrowTake.Take(all, _positions);
        }
        finally
        {
            foreach (var piece in pieces) piece.Dispose();
        }
    }
}
