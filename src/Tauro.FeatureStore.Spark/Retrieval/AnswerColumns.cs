using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The columns that a query must answer, and their bringing to exactly these types.</summary>
internal sealed class AnswerColumns(IReadOnlyList<(string Name, DataType Type)> columns)
{
    public Schema Schema { get; } = new([.. columns.Select(column => ArrowTypes.ToField(column.Name, column.Type))], null);

    public static AnswerColumns Of(IEnumerable<PlanOutput> outputs) => new([.. outputs.Select(output => (output.Name, output.Column.Type))]);

    /// <summary>What one read answers: its outputs, its matched event time, its mark.</summary>
    public static AnswerColumns Of(AsOfRead read)
    {
        var columns = read.Outputs.Select(output => (output.Name, output.Column.Type)).ToList();
        if (read.EventTimeOutput is { } eventTime) columns.Add((eventTime, DataType.Timestamp));
        if (read.MatchOutput is { } match) columns.Add((match, DataType.Boolean));
        return new AnswerColumns(columns);
    }

    /// <summary>The same columns after the number of the spine's row.</summary>
    public AnswerColumns WithRowNumber() => new([(AsOfSql.RowColumn, DataType.BigInt), .. columns]);

    /// <summary>A batch of the server's in these types; the server's is disposed.</summary>
    public RecordBatch Convert(RecordBatch batch)
    {
        using (batch)
        {
            if (batch.ColumnCount != columns.Count)
                throw new VirtualizationQueryException(string.Create(CultureInfo.InvariantCulture, $"Spark answered {batch.ColumnCount} columns instead of {columns.Count}."));
            var arrays = new List<IArrowArray>(columns.Count);
            for (var i = 0; i < columns.Count; i++) arrays.Add(Convert(batch.Column(i), columns[i]));
            return new RecordBatch(Schema, arrays, batch.Length);
        }
    }

    /// <summary>Rows in which nothing was found.</summary>
    public RecordBatch Nulls(int length, string? matchOutput)
    {
        var arrays = columns.Select(column => column.Name == matchOutput ? False(length) : ArrowMemory.Nulls(ArrowTypes.ToArrow(column.Type), length));
        return new RecordBatch(Schema, arrays, length);
    }

    private static BooleanArray False(int length) => new BooleanArray(new ArrowBuffer(new byte[ArrowMemory.BitmapBytes(length)]), ArrowBuffer.Empty, length, 0, 0);

    private static IArrowArray Convert(IArrowArray array, (string Name, DataType Type) column)
    {
        try
        {
            return ArrowConvert.ToCanonical(array, column.Type);
        }
        catch (SchemaValidationException refused)
        {
            throw new VirtualizationQueryException($"The column '{column.Name}' of Spark's answer is not {column.Type}. {refused.Message}", refused);
        }
    }
}
