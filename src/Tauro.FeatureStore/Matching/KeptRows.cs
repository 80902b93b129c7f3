using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>
/// The rows of a stream that answer for a slot, with the columns that are wanted. Rows come by once, in chunks; from time to time those that answer nothing are let
/// go, so what is held grows with the slots and not with the stream.
/// </summary>
/// <param name="found">Which rows answer. Their places are moved here.</param>
/// <param name="schema">The wanted columns.</param>
/// <param name="maxColumnBytes">What a column of a chunk may hold, unless it is of one chunk that came.</param>
internal sealed class KeptRows(SlotAnswers found, Schema schema, long maxColumnBytes = HeldRows.MaxColumnBytes) : IDisposable
{
    /// <summary>Fewer rows than this, and than there are slots, are not worth a look.</summary>
    private const int FewRows = 1 << 16;

    private readonly List<RecordBatch?> _chunks = [];
    private int _firstNew;
    private long _oldRows;

    /// <summary>So many rows are worth a look for those that answer nothing.</summary>
    public int Window { get; } = Math.Max(FewRows, found.Places.Length);

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
        if (_oldRows > 2L * Window) LetGo(0);
    }

    /// <summary>The rows that answer, which no longer are the keeper's. Their places are those in them.</summary>
    public HeldRows Complete()
    {
        var chunks = LetGo(0);
        var first = _chunks.Count - chunks;
        foreach (ref var place in found.MovablePlaces)
            if (!place.IsNone) place = new RowPlace(place.Chunk - first, place.Row);
        var rows = new HeldRows(schema, [.. _chunks.TakeLast(chunks).Select(chunk => chunk!)]);
        _chunks.Clear();
        return rows;
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks) chunk?.Dispose();
        _chunks.Clear();
    }

    /// <summary>Puts the rows that answer, of the chunks from one on, into new chunks, as few as can be, and lets these chunks go.</summary>
    /// <returns>The number of new chunks.</returns>
    private int LetGo(int firstChunk)
    {
        // The rows of chunk c, counted from the first, begin at starts[c].
        var places = found.MovablePlaces;
        var starts = new int[_chunks.Count - firstChunk + 1];
        foreach (var place in places)
            if (place.Chunk >= firstChunk) starts[place.Chunk - firstChunk + 1]++;
        for (var i = 1; i < starts.Length; i++) starts[i] += starts[i - 1];

        var groups = SizeGroups.Divide([.. Enumerable.Range(0, starts.Length - 1).Select(i => starts[i] < starts[i + 1] ? ArrowMemory.LargestColumnOf(_chunks[firstChunk + i]!) : 0)], maxColumnBytes);
        var moved = new (int Chunk, int FirstRow)[starts.Length - 1];
        for (var group = 0; group < groups.Count; group++)
            moved.AsSpan(groups[group]).Fill((_chunks.Count + group, starts[groups[group].Start]));

        var rows = new int[starts[^1]];
        var next = starts.AsSpan().ToArray();
        foreach (ref var place in places)
        {
            if (place.Chunk < firstChunk) continue;
            var from = place.Chunk - firstChunk;
            var to = next[from]++;
            rows[to] = place.Row;
            place = new RowPlace(moved[from].Chunk, to - moved[from].FirstRow);
        }

        RecordBatch[] chunks = [.. groups.Select(group => Take(firstChunk, group, starts, rows))];
        for (var chunk = firstChunk; chunk < _chunks.Count; chunk++)
        {
            _chunks[chunk]?.Dispose();
            _chunks[chunk] = null;
        }

        _chunks.AddRange(chunks);
        _oldRows = rows.Length + (firstChunk == 0 ? 0 : _oldRows);
        _firstNew = _chunks.Count;
        return chunks.Length;
    }

    private RecordBatch Take(int firstChunk, Range group, int[] starts, int[] rows)
    {
        var length = starts[group.End] - starts[group.Start];
        return new RecordBatch(schema, WorkerPool.MakeColumns(schema.FieldsList.Count, length, column => Take(column, firstChunk, group, starts, rows)), length);
    }

    private IArrowArray Take(int column, int firstChunk, Range group, int[] starts, int[] rows)
    {
        var pieces = new List<IArrowArray>();
        try
        {
            for (var i = group.Start.Value; i < group.End.Value; i++)
                if (starts[i] < starts[i + 1]) pieces.Add(ArrowTake.Take(_chunks[firstChunk + i]!.Column(column), rows.AsSpan(starts[i]..starts[i + 1])));
            return ArrowTake.Concatenate(pieces, schema.GetFieldByIndex(column).DataType);
        }
        finally
        {
            foreach (var piece in pieces) piece.Dispose();
        }
    }
}
