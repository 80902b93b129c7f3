using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The answer of one read of an as-of plan, in whichever way it was found.</summary>
internal abstract class ReadAnswer(AsOfRead read) : IAsyncDisposable
{
    /// <summary>The way to rows that are searched for in data files.</summary>
    public const string FromFiles = "files";

    /// <summary>The way to the rows, as diagnostics name it.</summary>
    public abstract string Path { get; }

    /// <summary>The rows of the source whose keys were looked at.</summary>
    public abstract long RowsSearched { get; }

    /// <summary>The columns of some rows of the spine.</summary>
    public async Task<IReadOnlyList<IArrowArray>> ReadAsync(int start, int length, CancellationToken cancellationToken)
    {
        List<IArrowArray> columns = [.. await ReadOutputsAsync(start, length, cancellationToken).ConfigureAwait(false)];
        if (read.EventTimeOutput is null && read.MatchOutput is null) return columns;
        var eventTimes = FindEventTimes(start, length);
        if (read.EventTimeOutput is not null) columns.Add(BuildEventTimes(eventTimes));
        if (read.MatchOutput is not null) columns.Add(BuildMatches(eventTimes));
        return columns;
    }

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The wanted columns.</summary>
    protected abstract Task<IReadOnlyList<IArrowArray>> ReadOutputsAsync(int start, int length, CancellationToken cancellationToken);

    /// <summary>The event time of the row that answers for each row of the spine, null where none does.</summary>
    protected abstract long?[] FindEventTimes(int start, int length);

    private IArrowArray BuildEventTimes(long?[] eventTimes)
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

    private static IArrowArray BuildMatches(long?[] eventTimes)
    {
        var builder = new BooleanBuilder();
        foreach (var eventTime in eventTimes) builder.Append(eventTime is not null);
        return builder.Build();
    }
}
