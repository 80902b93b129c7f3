using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The event times and the created times of some rows of one chunk, in microseconds.</summary>
internal sealed class ChunkTimes : IDisposable
{
    private static readonly PlanColumn Created = new(ParquetSource.CreatedTimeColumn, DataType.BigInt);
    private static readonly PlanColumn Sequence = new(ParquetSource.SequenceColumn, DataType.BigInt);

    private readonly IArrowArray? _eventTimes;
    private readonly IArrowArray? _createdTimes;
    private readonly IArrowArray? _sequences;
    private readonly long _firstSequence;

    private ChunkTimes(
        IArrowArray? eventTimes, IArrowArray? createdTimes, IArrowArray? sequences, long chunkCreatedTime, long firstSequence) =>
        (_eventTimes, _createdTimes, _sequences, ChunkCreatedTime, _firstSequence) = (eventTimes, createdTimes, sequences, chunkCreatedTime, firstSequence);

    /// <summary>The created time of all rows, where no column holds it.</summary>
    public long ChunkCreatedTime { get; }

    /// <summary>The event time of each row; none for static rows.</summary>
    public ReadOnlySpan<long> EventTimes => _eventTimes is null ? [] : ArrowMemory.Values<long>(_eventTimes);

    /// <summary>The created time of each row; none where <see cref="ChunkCreatedTime"/> is that of all.</summary>
    public ReadOnlySpan<long> CreatedTimes => _createdTimes is null ? [] : ArrowMemory.Values<long>(_createdTimes);

    /// <summary>The write sequence of a row.</summary>
    public long SequenceOf(int row) => Rows.SequenceOf(row);

    /// <summary>All of them, as a matcher takes them.</summary>
    public RowTimes Rows => new()
    {
        EventTimes = EventTimes,
        CreatedTimes = CreatedTimes,
        CreatedTime = ChunkCreatedTime,
        Sequences = _sequences is null ? [] : ArrowMemory.Values<long>(_sequences),
        FirstSequence = _firstSequence,
    };

    public static Task<ChunkTimes> ReadAsync(RowSource source, int chunk, SourceRows rows, bool withCreated, CancellationToken cancellationToken) =>
        ReadAsync(source, chunk, new RowRange(0, source.Chunks[chunk].Rows), rows, withCreated, cancellationToken);

    public static async Task<ChunkTimes> ReadAsync(RowSource source, int chunk, RowRange range, SourceRows rows, bool withCreated, CancellationToken cancellationToken)
    {
        var facts = source.Chunks[chunk];
        var created = rows.CreatedTime ?? (facts.MixesCommits ? Created : null);
        var eventTimes = rows.EventTime is null ? null : await ReadMicrosecondsAsync(source, chunk, range, rows.EventTime, cancellationToken).ConfigureAwait(false);
        var createdTimes = withCreated && created is not null ? await ReadMicrosecondsAsync(source, chunk, range, created, cancellationToken).ConfigureAwait(false) : null;
        var sequences = facts.MixesCommits ? await source.ReadAsync(chunk, Sequence, range, cancellationToken).ConfigureAwait(false) : null;
        return new ChunkTimes(eventTimes, createdTimes, sequences, facts.CreatedTime, facts.FirstSequence + range.From);
    }

    public void Dispose()
    {
        _eventTimes?.Dispose();
        _createdTimes?.Dispose();
        _sequences?.Dispose();
    }

    private static async Task<IArrowArray> ReadMicrosecondsAsync(RowSource source, int chunk, RowRange range, PlanColumn column, CancellationToken cancellationToken)
    {
        var stored = await source.ReadAsync(chunk, column, range, cancellationToken).ConfigureAwait(false);
        if (stored.NullCount > 0)
        {
            stored.Dispose();
            throw new FeatureMaterializationException($"The time column '{column.Name}' of a stored table holds nulls; its rows cannot be placed in time.");
        }

        if (column.Type.Kind is DataTypeKind.Timestamp or DataTypeKind.BigInt) return stored;
        using (stored) return ArrowConvert.ToCanonical(stored, DataType.Timestamp);
    }
}
