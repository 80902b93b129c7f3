using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>
/// The rows of a stream that answer for a slot, with the columns that are wanted. Rows come by once, in chunks; from time to time those that answer nothing are let
/// go, so what is held grows with the slots and not with the stream.
/// </summary>
/// <param name="found">Which rows answer. Their places are moved here.</param>
/// <param name="schema">The wanted columns.</param>
internal sealed class KeptRows(SlotAnswers found, Schema schema) : IDisposable
{
    /// <summary>Fewer rows than this, and than there are slots, are not worth a look.</summary>
    private const int FewRows = 1 << 16;

    private readonly List<RecordBatch?> _chunks = [];
    private readonly int _window = Math.Max(FewRows, found.Places.Length);
    private int _firstNew;
    private long _oldRows;

    /// <summary>So many rows are worth a look for those that answer nothing.</summary>
    public int Window => _window;

    /// <summary>The number of the chunk that the places of the next rows are in.</summary>
    public int Next => _chunks.Count;

    /// <summary>Takes over chunks, once their rows have been matched.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="places">The chunk of each matched row, counted from the first of these, and the row in it.</param>
    public void Add(IEnumerable<RecordBatch> chunks, ReadOnlySpan<RowPlace> places)
    {
        var first = Next;
        foreach (ref var place in found.MovablePlaces)
            if (place.Chunk == first) place = new RowPlace(first + places[place.Row].Chunk, places[place.Row].Row);
        _chunks.AddRange(chunks);
        LetGo(_firstNew);
        if (_oldRows > 2L * _window) LetGo(0);
    }

    /// <summary>All rows that answer in one chunk, so that the row of a place says all. It stays the keeper's.</summary>
    public RecordBatch Complete()
    {
        LetGo(0);
        return _chunks[^1]!;
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks) chunk?.Dispose();
        _chunks.Clear();
    }

    /// <summary>Puts the rows that answer, of the chunks from one on, into a chunk of their own, and lets these chunks go.</summary>
    private void LetGo(int firstChunk)
    {
        // The rows of chunk c, counted from the first, begin at starts[c].
        var places = found.MovablePlaces;
        var starts = new int[_chunks.Count - firstChunk + 1];
        foreach (var place in places)
            if (place.Chunk >= firstChunk) starts[place.Chunk - firstChunk + 1]++;
        for (var i = 1; i < starts.Length; i++) starts[i] += starts[i - 1];

        var rows = new int[starts[^1]];
        var next = starts.AsSpan().ToArray();
        foreach (ref var place in places)
        {
            if (place.Chunk < firstChunk) continue;
            var to = next[place.Chunk - firstChunk]++;
            rows[to] = place.Row;
            place = new RowPlace(_chunks.Count, to);
        }

        var columns = new IArrowArray[schema.FieldsList.Count];
        WorkerPool.ForRanges(columns.Length, (long)columns.Length * rows.Length, (from, end) =>
        {
            for (var column = from; column < end; column++) columns[column] = Take(column, firstChunk, starts, rows);
        });
        for (var chunk = firstChunk; chunk < _chunks.Count; chunk++)
        {
            _chunks[chunk]?.Dispose();
            _chunks[chunk] = null;
        }

        _chunks.Add(new RecordBatch(schema, columns, rows.Length));
        _oldRows = rows.Length + (firstChunk == 0 ? 0 : _oldRows);
        _firstNew = _chunks.Count;
    }

    private IArrowArray Take(int column, int firstChunk, int[] starts, int[] rows)
    {
        var pieces = new List<IArrowArray>();
        try
        {
            for (var i = 0; i < starts.Length - 1; i++)
                if (starts[i] < starts[i + 1]) pieces.Add(ArrowTake.Take(_chunks[firstChunk + i]!.Column(column), rows.AsSpan(starts[i]..starts[i + 1])));
            return ArrowTake.Concatenate(pieces, schema.GetFieldByIndex(column).DataType);
        }
        finally
        {
            foreach (var piece in pieces) piece.Dispose();
        }
    }
}
