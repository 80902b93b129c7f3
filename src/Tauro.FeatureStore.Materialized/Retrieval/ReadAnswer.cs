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
        columns.AddRange(MatchColumns.Of(read, FindEventTimes(start, length)));
        return columns;
    }

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The wanted columns.</summary>
    protected abstract Task<IReadOnlyList<IArrowArray>> ReadOutputsAsync(int start, int length, CancellationToken cancellationToken);

    /// <summary>The event time of the row that answers for each row of the spine, null where none does.</summary>
    protected abstract long?[] FindEventTimes(int start, int length);
}
