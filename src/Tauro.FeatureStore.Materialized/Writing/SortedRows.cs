using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Rows of the stored columns in the order in which they are stored: by key, event time, and as they came. They are put in order piece by piece.</summary>
internal sealed class SortedRows : IDisposable
{
    private readonly IArrowArray[] _arrays;
    private readonly int[]? _order;
    private readonly Schema _schema;

    private SortedRows(Schema schema, IArrowArray[] arrays, int[]? order) => (_schema, _arrays, _order) = (schema, arrays, order);

    public int Count => _arrays[0].Length;

    /// <summary>Finds the order of some rows. The batches stay with the caller and must outlive this.</summary>
    /// <param name="batches">The rows. Those that mix commits have the created time and the write sequence of each after the stored columns.</param>
    /// <param name="group">The group.</param>
    /// <param name="columns">Its stored columns.</param>
    /// <param name="mixesCommits">Whether the rows mix commits; of equal keys and event times, the write sequence then decides.</param>
    public static SortedRows Of(IReadOnlyList<RecordBatch> batches, FeatureGroupSchema group, IReadOnlyList<StoredColumn> columns, bool mixesCommits = false)
    {
        var schema = StoredSchema.Of(columns, mixesCommits);
        var arrays = new IArrowArray[schema.FieldsList.Count];
        for (var i = 0; i < arrays.Length; i++)
            arrays[i] = ArrowTake.Concatenate([.. batches.Select(batch => batch.Column(i))], schema.GetFieldByIndex(i).DataType);
        if (mixesCommits) ByWriteSequence(arrays);

        var keys = group.EntityKeys.Count;
        var eventTime = group.TimestampKey is null ? null : arrays[keys];
        var order = RowOrder.Find(arrays[..keys], [.. columns.Take(keys).Select(column => column.Type)], eventTime, group.TimestampType, arrays[0].Length);
        return new SortedRows(schema, arrays, order);
    }

    /// <summary>The order of coming breaks ties, so rows must come in the order of their writing.</summary>
    private static void ByWriteSequence(IArrowArray[] arrays)
    {
        if (RowOrder.Find([arrays[^1]], [DataType.BigInt], null, DataType.Timestamp, arrays[^1].Length) is not { } order) return;
        for (var i = 0; i < arrays.Length; i++)
        {
            using var unsorted = arrays[i];
            arrays[i] = ArrowTake.Take(unsorted, order);
        }
    }

    /// <summary>Some rows of the order, as a batch that the caller disposes.</summary>
    public RecordBatch Slice(int start, int length) => new(
        _schema,
        _arrays.Select(array => _order is null ? ArrowArrayFactory.SliceShared(array, start, length) : ArrowTake.Take(array, _order.AsSpan(start, length))),
        length);

    public void Dispose()
    {
        foreach (var array in _arrays) array.Dispose();
    }
}
