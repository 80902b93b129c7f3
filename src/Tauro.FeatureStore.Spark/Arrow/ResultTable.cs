using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The rows of a caller's own query as a table: in the canonical types where there is one, and as they came where there is none.</summary>
internal static class ResultTable
{
    public static async Task<FeatureTable> ReadAsync(IAsyncEnumerable<RecordBatch> batches, CancellationToken cancellationToken)
    {
        var read = new List<RecordBatch>();
        try
        {
            await foreach (var batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false)) read.Add(ToCanonical(batch));
            return FeatureTable.FromArrow(read.Count == 0 ? new Schema([], null) : read[0].Schema, read);
        }
        catch
        {
            foreach (var batch in read) batch.Dispose();
            throw;
        }
    }

    private static RecordBatch ToCanonical(RecordBatch batch)
    {
        using (batch)
        {
            var fields = new List<Field>(batch.ColumnCount);
            var arrays = new List<IArrowArray>(batch.ColumnCount);
            for (var i = 0; i < batch.ColumnCount; i++)
            {
                var (field, column) = (batch.Schema.GetFieldByIndex(i), batch.Column(i));
                var type = ArrowTypes.FromArrow(field.DataType);
                arrays.Add(type is null ? ArrowArrayFactory.SliceShared(column, 0, column.Length) : ArrowConvert.ToCanonical(column, type));
                fields.Add(type is null ? field : ArrowTypes.ToField(field.Name, type, field.IsNullable));
            }

            return new RecordBatch(new Schema(fields, null), arrays, batch.Length);
        }
    }
}
