using Apache.Arrow;

namespace Tauro.FeatureStore.Testing.Memory;

/// <summary>The rows of a table, whatever its batches.</summary>
internal class MemoryRows(FeatureTable table)
{
    public int Count { get; } = checked((int)table.RowCount);

    /// <summary>A column in its canonical type; nulls where the table lacks it.</summary>
    public IArrowArray Column(PlanColumn column)
    {
        var type = ArrowTypes.ToArrow(column.Type);
        if (!table.HasColumn(column.Name)) return ArrowMemory.Nulls(type, Count);
        return ArrowTake.Concatenate([.. table.Chunks(table.PositionOf(column.Name)).Select(chunk => ArrowConvert.ToCanonical(chunk, column.Type))], type);
    }

    /// <summary>Timestamps or dates as UTC microseconds.</summary>
    public long?[] Times(PlanColumn column)
    {
        var isDate = column.Type.Kind == DataTypeKind.Date;
        var array = Column(column);
        var times = new long?[Count];
        for (var row = 0; row < times.Length; row++)
            if (!array.IsNull(row)) times[row] = isDate ? ArrowMemory.Values<int>(array)[row] * UtcTime.MicrosecondsPerDay : ArrowMemory.Values<long>(array)[row];
        return times;
    }
}

/// <summary>The rows of a source with their times: which of them count at a moment, and which of two is the later.</summary>
internal sealed class TimedRows : MemoryRows
{
    private readonly VisibilityRule _rule;
    private readonly long?[]? _events;
    private readonly long?[]? _created;

    public TimedRows(SourceRows rows, VisibilityRule rule) : base(((TableSource)rows.Source).Table)
    {
        _rule = rule;
        _events = rows.EventTime is { } time ? Times(time) : null;
        _created = rows.CreatedTime is { } created ? Times(created) : null;
    }

    public long? EventTime(int row) => _events?[row];

    public bool Counts(int row, long moment)
    {
        if (_rule.KnownAsOf && _created?[row] > moment) return false;
        if (_events is null) return true;
        if (_events[row] is not { } happened) return false;
        var visible = happened + _rule.Delay;
        return (_rule.AllowExactMatches ? visible <= moment : visible < moment) && (_rule.Lookback is not { } age || happened >= moment - age);
    }

    /// <summary>By event time, created time and write.</summary>
    public int Compare(int left, int right)
    {
        var order = Nullable.Compare(_events?[left], _events?[right]);
        if (order == 0) order = Nullable.Compare(_created?[left], _created?[right]);
        return order == 0 ? left.CompareTo(right) : order;
    }
}
