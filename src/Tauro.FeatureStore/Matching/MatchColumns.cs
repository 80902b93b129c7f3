using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>The columns of a read that say which row answered, made of the event time of that row, null where none did.</summary>
internal static class MatchColumns
{
    /// <summary>The columns that a read asks for, in their order.</summary>
    public static IEnumerable<IArrowArray> Of(AsOfRead read, long?[] eventTimes)
    {
        if (read.EventTimeOutput is not null) yield return EventTimes(read, eventTimes);
        if (read.MatchOutput is not null) yield return Matches(eventTimes);
    }

    private static IArrowArray EventTimes(AsOfRead read, long?[] eventTimes)
    {
        if (read.Rows.EventTime is null) return ArrowMemory.Nulls(ArrowTypes.ToArrow(DataType.Timestamp), eventTimes.Length);
        var builder = new FixedWidthBuilder<long>(DataType.Timestamp);
        foreach (var eventTime in eventTimes)
        {
            if (eventTime is { } time) builder.Append(time);
            else builder.AppendNull();
        }

        return builder.Build();
    }

    private static IArrowArray Matches(long?[] eventTimes)
    {
        var builder = new BooleanBuilder();
        foreach (var eventTime in eventTimes) builder.Append(eventTime is not null);
        return builder.Build();
    }
}
