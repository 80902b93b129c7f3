using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The event times and the created times of some rows of one chunk, in microseconds.</summary>
internal sealed class ChunkTimes : IDisposable
{
    private readonly IArrowArray? _eventTimes;
    private readonly IArrowArray? _createdTimes;

    private ChunkTimes(IArrowArray? eventTimes, IArrowArray? createdTimes, bool hasCreatedTimes, long chunkCreatedTime) =>
        (_eventTimes, _createdTimes, HasCreatedTimes, ChunkCreatedTime) = (eventTimes, createdTimes, hasCreatedTimes, chunkCreatedTime);

    /// <summary>Whether created times were asked for.</summary>
    public bool HasCreatedTimes { get; }

    /// <summary>The created time of all rows, where no column holds it.</summary>
    public long ChunkCreatedTime { get; }

    /// <summary>The event time of each row; none for static rows.</summary>
    public ReadOnlySpan<long> EventTimes => _eventTimes is null ? [] : ArrowMemory.Values<long>(_eventTimes);

    /// <summary>The created time of each row; none where <see cref="ChunkCreatedTime"/> is that of all.</summary>
    public ReadOnlySpan<long> CreatedTimes => _createdTimes is null ? [] : ArrowMemory.Values<long>(_createdTimes);

    public static Task<ChunkTimes> ReadAsync(RowSource source, int chunk, SourceRows rows, bool withCreated, CancellationToken cancellationToken) =>
        ReadAsync(source, chunk, new RowRange(0, source.Chunks[chunk].Rows), rows, withCreated, cancellationToken);

    public static async Task<ChunkTimes> ReadAsync(RowSource source, int chunk, RowRange range, SourceRows rows, bool withCreated, CancellationToken cancellationToken)
    {
        var eventTimes = rows.EventTime is null ? null : await ReadMicrosecondsAsync(source, chunk, range, rows.EventTime, cancellationToken).ConfigureAwait(false);
        var createdTimes = withCreated && rows.CreatedTime is not null
            ? await ReadMicrosecondsAsync(source, chunk, range, rows.CreatedTime, cancellationToken).ConfigureAwait(false)
            : null;
        return new ChunkTimes(eventTimes, createdTimes, withCreated, source.Chunks[chunk].CreatedTime);
    }

    public void Dispose()
    {
        _eventTimes?.Dispose();
        _createdTimes?.Dispose();
    }

    private static async Task<IArrowArray> ReadMicrosecondsAsync(RowSource source, int chunk, RowRange range, PlanColumn column, CancellationToken cancellationToken)
    {
        var stored = await source.ReadAsync(chunk, column, range, cancellationToken).ConfigureAwait(false);
        if (stored.NullCount > 0)
        {
            stored.Dispose();
            throw new FeatureMaterializationException($"The time column '{column.Name}' of a stored table holds nulls; its rows cannot be placed in time.");
        }

        if (column.Type.Kind == DataTypeKind.Timestamp) return stored;
        using (stored) return ArrowConvert.ToCanonical(stored, DataType.Timestamp);
    }
}
