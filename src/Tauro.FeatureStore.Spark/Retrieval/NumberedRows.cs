using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The rows of a table with their numbers beside them, counted from zero over all batches.</summary>
internal static class NumberedRows
{
    /// <summary>Batches of the columns in their types, then the row's number. A column that the table lacks is null.</summary>
    public static IEnumerable<RecordBatch> Of(FeatureTable table, IReadOnlyList<PlanColumn> columns, Schema schema)
    {
        long first = 0;
        foreach (var batch in table.Batches)
        {
            var arrays = columns.Select(column => table.HasColumn(column.Name)
                ? ArrowConvert.ToCanonical(batch.Column(table.PositionOf(column.Name)), column.Type)
                : ArrowMemory.Nulls(ArrowTypes.ToArrow(column.Type), batch.Length)).ToList();
            arrays.Add(Numbers(first, batch.Length));
            first += batch.Length;
            using var numbered = new RecordBatch(schema, arrays, batch.Length);
            yield return numbered;
        }
    }

    private static IArrowArray Numbers(long first, int count)
    {
        var bytes = ArrowMemory.Allocate<long>(count);
        var numbers = ArrowMemory.As<long>(bytes);
        for (var i = 0; i < count; i++) numbers[i] = first + i;
        return ArrowArrayFactory.BuildArray(new ArrayData(ArrowTypes.ToArrow(DataType.BigInt), count, 0, 0, [ArrowBuffer.Empty, new ArrowBuffer(bytes)]));
    }
}
