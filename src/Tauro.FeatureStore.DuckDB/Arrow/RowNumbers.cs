using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Engines;

/// <summary>Checks that an answer has each row of the spine once and in its place, and takes the row numbers off.</summary>
/// <param name="numberColumns">How many columns of row numbers stand first.</param>
/// <param name="rows">The number of rows of the spine.</param>
internal sealed class RowNumbers(int numberColumns, long rows)
{
    private long _next;

    /// <summary>The schema with the row numbers in front.</summary>
    public Schema Before(Schema schema) =>
        new([.. Enumerable.Range(0, numberColumns).Select(i => new Field(Names.Row + i.ToString(CultureInfo.InvariantCulture), Int32Type.Default, nullable: true)), .. schema.FieldsList], metadata: null);

    /// <summary>The first row of the spine that a read answered twice, and that read; null where none did.</summary>
    public (int Read, long Row)? FindRepeated(RecordBatch batch)
    {
        for (var column = 0; column < numberColumns; column++)
        {
            var numbers = (Int32Array)batch.Column(column);
            var expected = _next;
            foreach (var number in numbers.Values)
            {
                if (number == expected - 1) return (column, number);
                if (number != expected++) break;
            }
        }

        return null;
    }

    /// <summary>The batch without its row numbers, in place of the batch.</summary>
    public RecordBatch Check(RecordBatch batch, Schema schema)
    {
        for (var column = 0; column < numberColumns; column++)
        {
            var numbers = (Int32Array)batch.Column(column);
            if (numbers.NullCount > 0) throw Wrong();
            var expected = _next;
            foreach (var number in numbers.Values)
                if (number != expected++) throw Wrong();
            numbers.Dispose();
        }

        _next += batch.Length;
        return new RecordBatch(schema, batch.Arrays.Skip(numberColumns), batch.Length);
    }

    /// <summary>Checks that no row is missing.</summary>
    public void CheckEnd()
    {
        if (_next != rows) throw Wrong();
    }

    private VirtualizationQueryException Wrong() => new(string.Create(CultureInfo.InvariantCulture,
        $"DuckDB did not answer the {rows} rows of the spine one for one and in order; after {_next} rows another came or none. No row is handed out wrong; please report this as a defect."));
}
