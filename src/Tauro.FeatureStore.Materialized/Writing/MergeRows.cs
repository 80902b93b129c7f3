using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// The incoming rows of a merge: sorted, of one key and event time only the last. It finds the stored rows that they replace, and knows which of them need not be
/// written, because an equal row is stored.
/// </summary>
internal sealed class MergeRows : IDisposable
{
    private readonly IReadOnlyList<StoredColumn> _columns;
    private readonly int _keyCount;
    private readonly RecordBatch _rows;
    private readonly EntityIndex _index;
    private readonly bool[] _isStored;

    private MergeRows(IReadOnlyList<StoredColumn> columns, int keyCount, RecordBatch rows)
    {
        (_columns, _keyCount, _rows) = (columns, keyCount, rows);
        _index = EntityIndex.Build(KeysOf([.. KeyArrays]), rows.Length, out _);
        _isStored = new bool[rows.Length];
    }

    /// <summary>The columns that are compared: the keys and the event time, or the event time alone, or the keys alone.</summary>
    public IReadOnlyList<StoredColumn> KeyColumns => [.. _columns.Take(_keyCount)];

    /// <summary>The values of those columns, sorted by the first, then the second and so on.</summary>
    public IEnumerable<IArrowArray> KeyArrays => Enumerable.Range(0, _keyCount).Select(_rows.Column);

    /// <summary>Takes rows over.</summary>
    public static MergeRows Of(IReadOnlyList<RecordBatch> batches, FeatureGroupSchema group, IReadOnlyList<StoredColumn> columns)
    {
        var keyCount = group.EntityKeys.Count + (group.TimestampKey is null ? 0 : 1);
        using var sorted = SortedRows.Of(batches, group, columns);
        using var all = sorted.Slice(0, sorted.Count);
        var keys = FeatureStore.KeyColumns.Of([.. Enumerable.Range(0, keyCount).Select(all.Column)], [.. columns.Take(keyCount).Select(column => column.Type)]);
        var last = Enumerable.Range(0, all.Length).Where(place => place + 1 == all.Length || keys.Compare(place, place + 1) != 0).ToArray();
        return new MergeRows(columns, keyCount, Take(all, last));
    }

    /// <summary>The rows of a stored file that stay: those with other keys, and those that equal the incoming row.</summary>
    public async Task<int[]?[]> ChooseAsync(StoredFileReader file, CancellationToken cancellationToken)
    {
        var kept = new int[]?[file.RowGroupCount];
        for (var rowGroup = 0; rowGroup < kept.Length; rowGroup++) kept[rowGroup] = await ChooseAsync(file, rowGroup, cancellationToken).ConfigureAwait(false);
        return kept;
    }

    /// <summary>The incoming rows that must be written, after all files were looked at.</summary>
    public RecordBatch RowsToWrite() => Take(_rows, [.. Enumerable.Range(0, _rows.Length).Where(place => !_isStored[place])]);

    public void Dispose() => _rows.Dispose();

    private async Task<int[]?> ChooseAsync(StoredFileReader file, int rowGroup, CancellationToken cancellationToken)
    {
        var matches = new int[file.RowsIn(rowGroup)];
        var keys = new IArrowArray[_keyCount];
        for (var i = 0; i < keys.Length; i++) keys[i] = await file.ReadAsync(rowGroup, _columns[i], cancellationToken).ConfigureAwait(false);
        _index.Find(KeysOf(keys), matches);
        foreach (var key in keys) key.Dispose();

        int[] matched = [.. Enumerable.Range(0, matches.Length).Where(row => matches[row] != EntityIndex.None)];
        if (matched.Length == 0) return null;
        var differs = await CompareAsync(file, rowGroup, matched, matches, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < matched.Length; i++)
        {
            // Rows of the merge have distinct keys, so the number of a key is the place of its row.
            if (differs[i]) continue;
            _isStored[matches[matched[i]]] = true;
            matches[matched[i]] = EntityIndex.None;
        }

        return System.Array.TrueForAll(differs, isOther => !isOther) ? null : [.. Enumerable.Range(0, matches.Length).Where(row => matches[row] == EntityIndex.None)];
    }

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

    private static RecordBatch Take(RecordBatch rows, int[] places) =>
        new(rows.Schema, Enumerable.Range(0, rows.ColumnCount).Select(i => ArrowTake.Take(rows.Column(i), places)), places.Length);
}
