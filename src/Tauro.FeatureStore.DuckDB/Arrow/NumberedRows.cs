using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Engines;

/// <summary>A table as a stream of batches, with the number of each row in a further column. DuckDB need not keep the order of the rows, then.</summary>
internal sealed class NumberedRows : IArrowArrayStream
{
    private readonly IEnumerator<RecordBatch> _batches;
    private int _next;

    public NumberedRows(FeatureTable table, string rowColumn)
    {
        if (table.RowCount > int.MaxValue)
            throw new DuckDBEngineException($"DuckDB takes a table of at most {int.MaxValue} rows from memory, and this one has {table.RowCount}. Write it to Parquet files, and declare those.", interrupted: false);
        _batches = table.Batches.GetEnumerator();
        Schema = new Schema([new Field(rowColumn, Int32Type.Default, nullable: false), .. table.Schema.FieldsList], metadata: null);
    }

    public Schema Schema { get; }

    public ValueTask<RecordBatch> ReadNextRecordBatchAsync(CancellationToken cancellationToken = default)
    {
        if (!_batches.MoveNext()) return new((RecordBatch)null!);
        var batch = _batches.Current;
        var bytes = ArrowMemory.Allocate<int>(batch.Length);
        var values = ArrowMemory.As<int>(bytes);
        for (var i = 0; i < values.Length; i++) values[i] = _next + i;
        _next += batch.Length;
        var numbers = ArrowArrayFactory.BuildArray(new ArrayData(Int32Type.Default, batch.Length, 0, 0, [ArrowBuffer.Empty, new ArrowBuffer(bytes)]));

        // The batch shares the columns of the table, which stay the table's.
        return new(new RecordBatch(Schema, [numbers, .. batch.Arrays], batch.Length));
    }

    public void Dispose() => _batches.Dispose();
}
