using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Incoming rows of a merge: sorted, of one key and event time only the last. It finds the stored rows that they replace, and knows which of them need not be
/// written, because an equal row is stored.
/// </summary>
internal sealed class MergeRows : IDisposable
{
    private readonly IReadOnlyList<StoredColumn> _columns;
    private readonly int _keyCount;
    private readonly RecordBatch _rows;
    private readonly Lazy<EntityIndex> _index;
    private readonly bool[] _isStored;

    private MergeRows(IReadOnlyList<StoredColumn> columns, int keyCount, RecordBatch rows)
    {
        (_columns, _keyCount, _rows) = (columns, keyCount, rows);
        Keys = KeysOf([.. KeyArrays]);
        _index = new Lazy<EntityIndex>(() => EntityIndex.Build(Keys, rows.Length, out _));
        _isStored = new bool[rows.Length];
    }

    /// <summary>The rows.</summary>
    public RecordBatch Rows => _rows;

    /// <summary>Their keys and event times.</summary>
    public KeyColumns Keys { get; }

    /// <summary>The columns that are compared: the keys and the event time, or the event time alone, or the keys alone.</summary>
    public IReadOnlyList<StoredColumn> KeyColumns => [.. _columns.Take(_keyCount)];

    /// <summary>The values of those columns, sorted by the first, then the second and so on.</summary>
    public IEnumerable<IArrowArray> KeyArrays => Enumerable.Range(0, _keyCount).Select(_rows.Column);

    /// <summary>Sorts rows. The batches stay with the caller.</summary>
    public static MergeRows Of(IReadOnlyList<RecordBatch> batches, FeatureGroupSchema group, IReadOnlyList<StoredColumn> columns)
    {
        var keyCount = group.EntityKeys.Count + (group.TimestampKey is null ? 0 : 1);
        using var sorted = SortedRows.Of(batches, group, columns);
        using var all = sorted.Slice(0, sorted.Count);
        var keys = FeatureStore.KeyColumns.Of([.. Enumerable.Range(0, keyCount).Select(all.Column)], [.. columns.Take(keyCount).Select(column => column.Type)]);
        var last = Enumerable.Range(0, all.Length).Where(place => place + 1 == all.Length || keys.Compare(place, place + 1) != 0).ToArray();
        return new MergeRows(columns, keyCount, ArrowTake.Take(all, last));
    }

    /// <summary>The incoming rows that must be written, after all files were looked at.</summary>
    public RecordBatch RowsToWrite() => ArrowTake.Take(_rows, [.. Enumerable.Range(0, _rows.Length).Where(place => !_isStored[place])]);

    /// <summary>The rows of a stored row group that go: those with the key and event time of an incoming row, unless they equal it. Any thread may ask.</summary>
    public async Task<int[]> FindReplacedAsync(StoredFileReader file, int rowGroup, CancellationToken cancellationToken)
    {
        var matches = new int[file.RowsIn(rowGroup)];
        var keys = new IArrowArray[_keyCount];
        for (var i = 0; i < keys.Length; i++) keys[i] = await file.ReadAsync(rowGroup, _columns[i], cancellationToken).ConfigureAwait(false);
        _index.Value.Find(KeysOf(keys), matches);
        foreach (var key in keys) key.Dispose();

        int[] matched = [.. Enumerable.Range(0, matches.Length).Where(row => matches[row] != EntityIndex.None)];
        if (matched.Length == 0) return [];
        var differs = await CompareAsync(file, rowGroup, matched, matches, cancellationToken).ConfigureAwait(false);

        // Rows of the merge have distinct keys, so the number of a key is the place of its row.
        for (var i = 0; i < matched.Length; i++)
            if (!differs[i]) _isStored[matches[matched[i]]] = true;
        return [.. matched.Where((_, i) => differs[i])];
    }

    public void Dispose() => _rows.Dispose();

    /// <summary>Which of the matched stored rows differ from the incoming row of their key in any column.</summary>
    private async Task<bool[]> CompareAsync(StoredFileReader file, int rowGroup, int[] matched, int[] matches, CancellationToken cancellationToken)
    {
        var differs = new bool[matched.Length];
        var equal = matched.Length;
        for (var column = _keyCount; column < _columns.Count && equal > 0; column++)
        {
            using var stored = await file.ReadAsync(rowGroup, _columns[column], cancellationToken).ConfigureAwait(false);
            var incoming = _rows.Column(column);
            for (var i = 0; i < matched.Length; i++)
            {
                if (differs[i] || ArrowEquality.Equal(stored, matched[i], incoming, matches[matched[i]])) continue;
                differs[i] = true;
                equal--;
            }
        }

        return differs;
    }

    private KeyColumns KeysOf(IReadOnlyList<IArrowArray> arrays) => FeatureStore.KeyColumns.Of(arrays, [.. _columns.Take(_keyCount).Select(column => column.Type)]);
}
