using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>The range of event times that a backfill replaces, in the group's own unit.</summary>
internal sealed class EventTimeRange(FeatureGroupSchema schema, IReadOnlyList<StoredColumn> columns, TimeRange range)
{
    /// <summary>The first moment of the range, in UTC microseconds.</summary>
    public long First { get; } = UtcTime.FromDateTimeOffset(range.From);

    /// <summary>The first moment after the range, in UTC microseconds.</summary>
    public long End { get; } = UtcTime.FromDateTimeOffset(range.To);

    public StoredColumn EventTime { get; } = columns[schema.EntityKeys.Count];

    public bool IsDate => EventTime.Type.Kind == DataTypeKind.Date;

    public bool Contains(IArrowArray times, int row)
    {
        var time = IsDate ? ArrowMemory.Values<int>(times)[row] * UtcTime.MicrosecondsPerDay : ArrowMemory.Values<long>(times)[row];
        return time >= First && time < End;
    }

    /// <summary>Refuses a row outside of the range.</summary>
    /// <param name="rows">Rows of the stored columns.</param>
    /// <param name="firstRow">How many rows came before, so that errors name a row by its place among all.</param>
    public void Check(RecordBatch rows, long firstRow)
    {
        var times = rows.Column(schema.EntityKeys.Count);
        for (var row = 0; row < rows.Length; row++)
            if (!Contains(times, row))
                throw new SchemaValidationException(string.Create(CultureInfo.InvariantCulture,
                    $"The rows for '{schema.QualifiedName}' were refused at row {firstRow + row}: the event time '{EventTime.Name}' is outside of the backfill from {range.From:O} to {range.To:O}, the end not included. Nothing was written."))
                {
                    FeatureGroup = schema.Name,
                    Column = EventTime.Name,
                    Row = firstRow + row,
                };
    }
}
