using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>
/// The part of a caller's rows that an engine sees: the keys, brought to the types in which they are compared, and the times. The caller's other columns stay
/// here.
/// </summary>
internal sealed class PlanSpine
{
    public const string TimeColumn = "__time";

    private readonly FeatureTable _spine;
    private readonly List<(int Position, DataType Type, string Name)> _columns = [];

    public PlanSpine(FeatureTable spine) => _spine = spine;

    /// <summary>The name in the plan of one of the spine's columns, in one type.</summary>
    public string AddKey(string column, DataType type)
    {
        var position = _spine.PositionOf(column);
        foreach (var known in _columns)
            if (known.Position == position && known.Type == type) return known.Name;
        var name = string.Create(CultureInfo.InvariantCulture, $"__key{_columns.Count}");
        _columns.Add((position, type, name));
        return name;
    }

    /// <summary>The keys and the time of each row; the time of the column, or one moment for all.</summary>
    public FeatureTable Build(string? timeColumn, long moment, bool allowNullTimes)
    {
        var schema = new Schema(
            [.. _columns.Select(column => ArrowTypes.ToField(column.Name, column.Type)), ArrowTypes.ToField(TimeColumn, DataType.Timestamp)], null);
        var time = timeColumn is null ? -1 : _spine.PositionOf(timeColumn);
        var batches = new List<RecordBatch>();
        long firstRow = 0;
        foreach (var batch in _spine.Batches)
        {
            var arrays = _columns.Select(column => Convert(batch, column.Position, column.Type, firstRow)).ToList();
            arrays.Add(time < 0 ? ArrowMemory.Repeat(moment, ArrowTypes.ToArrow(DataType.Timestamp), batch.Length) : Convert(batch, time, DataType.Timestamp, firstRow));
            if (!allowNullTimes) CheckTimes(arrays[^1], timeColumn, firstRow);
            batches.Add(new RecordBatch(schema, arrays, batch.Length));
            firstRow += batch.Length;
        }

        return FeatureTable.FromArrow(schema, batches);
    }

    private IArrowArray Convert(RecordBatch batch, int position, DataType type, long firstRow)
    {
        try
        {
            return ArrowConvert.ToCanonical(batch.Column(position), type);
        }
        catch (SchemaValidationException refused)
        {
            var name = _spine.ColumnNames[position];
            var row = refused.Row + firstRow;
            throw new SchemaValidationException($"The spine's column '{name}' cannot be read as {type}. {AtRow(row)}{refused.Message}", refused) { Column = name, Row = row };
        }
    }

    private static void CheckTimes(IArrowArray times, string? column, long firstRow)
    {
        if (times.NullCount == 0) return;
        for (var i = 0; i < times.Length; i++)
            if (times.IsNull(i))
                throw new SchemaValidationException(string.Create(CultureInfo.InvariantCulture,
                    $"The spine's time column '{column}' is null in row {firstRow + i}. Give every row a time, or set AllowNullTimes to get nulls for it."))
                {
                    Column = column,
                    Row = firstRow + i,
                };
    }

    private static string AtRow(long? row) => row is null ? "" : string.Create(CultureInfo.InvariantCulture, $"In row {row} of the whole table: ");
}
