using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Engines;

/// <summary>A table as a stream of batches, with the number of each row in a further column. DuckDB need not keep the order of the rows, then.</summary>
internal sealed class NumberedRows : IArrowArrayStream
{
    private readonly IEnumerator<RecordBatch> _batches;
    private long _next;

    public NumberedRows(FeatureTable table, string rowColumn)
    {
        _batches = table.Batches.GetEnumerator();
        Schema = new Schema([new Field(rowColumn, Int64Type.Default, nullable: false), .. table.Schema.FieldsList], metadata: null);
    }

    public Schema Schema { get; }

    public ValueTask<RecordBatch> ReadNextRecordBatchAsync(CancellationToken cancellationToken = default)
    {
        if (!_batches.MoveNext()) return new((RecordBatch)null!);
        var batch = _batches.Current;
        var numbers = new Int64Array.Builder().Reserve(batch.Length);
        for (var i = 0; i < batch.Length; i++) numbers.Append(_next++);

        // The batch shares the columns of the table, which stay the table's.
        return new(new RecordBatch(Schema, [numbers.Build(), .. batch.Arrays], batch.Length));
    }

    public void Dispose() => _batches.Dispose();
}
