using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Rows that are held to be picked from, in as few chunks as Arrow's 32-bit offsets allow: often one.</summary>
/// <param name="schema">The columns.</param>
/// <param name="chunks">The rows, which these own.</param>
internal sealed class HeldRows(Schema schema, IReadOnlyList<RecordBatch> chunks) : IDisposable
{
    /// <summary>What a column of one chunk may hold. Arrow's buffers end at twice as much.</summary>
    public const long MaxColumnBytes = 1 << 30;

    /// <summary>The bytes of a row in the largest column.</summary>
    public long AverageRowBytes => chunks.Sum(ArrowMemory.LargestColumnOf) / Math.Max(1, chunks.Sum(chunk => (long)chunk.Length));

    /// <summary>The columns of the rows at some places, in their order; null where there is none.</summary>
    public IArrowArray[] Take(ReadOnlySpan<RowPlace> places)
    {
        var picked = new Picked(places, chunks.Count);
        return WorkerPool.MakeColumns(schema.FieldsList.Count, places.Length, column => Take(column, picked));
    }

    public void Dispose()
    {
        foreach (var chunk in chunks) chunk.Dispose();
    }

    private IArrowArray Take(int column, Picked picked)
    {
        var type = schema.GetFieldByIndex(column).DataType;
        if (chunks.Count == 0) return ArrowMemory.Nulls(type, picked.Order.Length);
        if (chunks.Count == 1) return ArrowTake.Take(chunks[0].Column(column), picked.Order);
        IArrowArray[] pieces = [.. Enumerable.Range(0, chunks.Count).Where(picked.Has).Select(chunk => ArrowTake.Take(chunks[chunk].Column(column), picked.RowsOf(chunk)))];
        var all = ArrowTake.Concatenate(pieces, type);
        foreach (var piece in pieces) piece.Dispose();
        using (all) return ArrowTake.Take(all, picked.Order);
    }

    /// <summary>Places chunk by chunk, and the order in which they were asked for. Of one chunk the order is the rows themselves.</summary>
    private sealed class Picked
    {
        private readonly int[] _rows = [];
        private readonly int[] _starts;

        public Picked(ReadOnlySpan<RowPlace> places, int chunks)
        {
            Order = new int[places.Length];
            _starts = new int[chunks + 1];
            if (chunks <= 1)
            {
                for (var i = 0; i < places.Length; i++) Order[i] = places[i].IsNone ? ArrowTake.Null : places[i].Row;
                return;
            }

            foreach (var place in places)
                if (!place.IsNone) _starts[place.Chunk + 1]++;
            for (var chunk = 0; chunk < chunks; chunk++) _starts[chunk + 1] += _starts[chunk];
            _rows = new int[_starts[^1]];
            var next = _starts.AsSpan().ToArray();
            for (var i = 0; i < places.Length; i++)
            {
                Order[i] = ArrowTake.Null;
                if (places[i].IsNone) continue;
                Order[i] = next[places[i].Chunk]++;
                _rows[Order[i]] = places[i].Row;
            }
        }

        /// <summary>Which of the rows of all chunks each place is.</summary>
        public int[] Order { get; }

        public bool Has(int chunk) => _starts[chunk] < _starts[chunk + 1];

        public ReadOnlySpan<int> RowsOf(int chunk) => _rows.AsSpan(_starts[chunk].._starts[chunk + 1]);
    }
}
