using Apache.Arrow;

namespace Tauro.FeatureStore.Testing.Memory;

/// <summary>What a write makes of the rows that are there: which of them stay, and which of the new ones are added.</summary>
internal sealed class MemoryWrite(FeatureGroupSchema schema, IReadOnlyList<StoredColumn> columns, long created)
{
    private int KeyCount => schema.EntityKeys.Count + (schema.TimestampKey is null ? 0 : 1);

    /// <summary>All rows after the write.</summary>
    public RecordBatch Apply(MemorySnapshot? stored, FeatureTable rows, WriteOptions options)
    {
        var incoming = Check(rows, options);
        IArrowArray[] before = [.. columns.Select(column => stored?.Column(column) ?? ArrowMemory.Nulls(ArrowTypes.ToArrow(column.Type), 0))];
        var (kept, added) = Choose(before, stored?.Rows.Length ?? 0, incoming, (int)rows.RowCount, options);
        var all = columns.Select((_, i) => Join(ArrowTake.Take(before[i], kept), ArrowTake.Take(incoming[i], added))).ToList();
        var times = new TimestampArray.Builder((Apache.Arrow.Types.TimestampType)ArrowTypes.ToArrow(DataType.Timestamp));
        for (var i = 0; i < added.Length; i++) times.Append(UtcTime.ToDateTimeOffset(created));
        all.Add(stored is null ? times.Build() : Join(ArrowTake.Take(stored.CommitTimes, kept), times.Build()));
        return new RecordBatch(
            new Schema([.. columns.Select(column => ArrowTypes.ToField(column.Name, column.Type)), ArrowTypes.ToField(MemorySnapshot.CommitTimeColumn, DataType.Timestamp)], null),
            all, kept.Length + added.Length);
    }

    /// <summary>The new rows in the stored types, apart from the caller's memory once they are taken.</summary>
    private IArrowArray[] Check(FeatureTable rows, WriteOptions options)
    {
        var batches = IncomingRows.Check(schema, columns, rows);
        if (options.Range is { } range)
        {
            var bounds = new EventTimeRange(schema, columns, range);
            long firstRow = 0;
            foreach (var batch in batches)
            {
                bounds.Check(batch, firstRow);
                firstRow += batch.Length;
            }
        }

        return [.. columns.Select((column, i) => ArrowTake.Concatenate([.. batches.Select(batch => batch.Column(i))], ArrowTypes.ToArrow(column.Type)))];
    }

    private (int[] Kept, int[] Added) Choose(IArrowArray[] before, int stored, IArrowArray[] incoming, int count, WriteOptions options)
    {
        int[] all = [.. Enumerable.Range(0, count)];
        switch (options.Mode)
        {
            case WriteMode.Overwrite:
                return ([], all);
            case WriteMode.Backfill:
                var bounds = new EventTimeRange(schema, columns, options.Range!.Value);
                return ([.. Enumerable.Range(0, stored).Where(row => !bounds.Contains(before[schema.EntityKeys.Count], row))], all);
            case WriteMode.Merge:
                return ChooseMerged(before, stored, incoming, count);
            default:
                return ([.. Enumerable.Range(0, stored)], all);
        }
    }

    private (int[] Kept, int[] Added) ChooseMerged(IArrowArray[] before, int stored, IArrowArray[] incoming, int count)
    {
        var newKeys = KeysOf(incoming);
        var index = new RowIndex(newKeys, count);
        var isStored = new bool[count];
        var kept = new List<int>();
        var oldKeys = KeysOf(before);
        for (var row = 0; row < stored; row++)
        {
            var last = index.FindLast(oldKeys, row);
            if (last >= 0 && !AreEqual(before, row, incoming, last)) continue;
            if (last >= 0) isStored[last] = true;
            kept.Add(row);
        }

        return ([.. kept], [.. Enumerable.Range(0, count).Where(row => !isStored[row] && index.FindLast(newKeys, row) == row)]);
    }

    private bool AreEqual(IArrowArray[] before, int row, IArrowArray[] incoming, int other) =>
        Enumerable.Range(KeyCount, columns.Count - KeyCount).All(i => ArrowEquality.Equal(before[i], row, incoming[i], other));

    private KeyColumns KeysOf(IArrowArray[] arrays) => KeyColumns.Of([.. arrays.Take(KeyCount)], [.. columns.Take(KeyCount).Select(column => column.Type)]);

    private static IArrowArray Join(IArrowArray first, IArrowArray second) => ArrowTake.Concatenate([first, second], first.Data.DataType);
}
