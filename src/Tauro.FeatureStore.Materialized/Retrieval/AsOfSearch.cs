using System.Buffers;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads the keys and times of a source, several pieces at once, leaves out what cannot matter, and lets a matcher see the rest.</summary>
internal sealed class AsOfSearch(SpineEntities spine, AsOfRead read, RowSource source)
{
    private readonly AsOfMatcher _matcher = new(spine, read, source.MixesCommits);

    /// <summary>The rows whose keys are looked at, once it ran.</summary>
    public long RowsSearched { get; private set; }

    /// <summary>Goes through the source.</summary>
    public async Task<AsOfMatcher> RunAsync(CancellationToken cancellationToken)
    {
        if (spine.SlotCount == 0) return _matcher;
        (int Chunk, RowRange Range)[] pieces = [.. Pieces()];
        RowsSearched = pieces.Sum(piece => (long)piece.Range.Count);
        await WorkerPool.ForEachAsync(pieces, RowsSearched, AddAsync, cancellationToken).ConfigureAwait(false);
        return _matcher;
    }

    private IEnumerable<(int Chunk, RowRange Range)> Pieces()
    {
        var filters = Filters();
        for (var chunk = 0; chunk < source.Chunks.Count; chunk++)
        {
            if (read.Visibility.KnownAsOf && read.Rows.CreatedTime is null && source.Chunks[chunk] is { MixesCommits: false } facts && facts.CreatedTime > spine.Latest) continue;
            foreach (var range in source.Find(chunk, filters))
                foreach (var piece in range.Split(source.RowsPerPiece))
                    yield return (chunk, piece);
        }
    }

    /// <summary>The keys of the spine, and the event times between which a row is visible to some row of it and not too old for all.</summary>
    private List<ColumnFilter> Filters()
    {
        List<ColumnFilter> filters = [.. spine.KeyFilters];
        if (read.Rows.EventTime is not { Type.Kind: DataTypeKind.Timestamp } eventTime) return filters;
        var earliest = read.Visibility.Lookback is { } lookback ? spine.Earliest - lookback : long.MinValue;
        filters.Add(ColumnFilter.Between(eventTime, earliest, spine.Latest - read.Visibility.Delay));
        return filters;
    }

    private async ValueTask AddAsync((int Chunk, RowRange Range) piece, CancellationToken cancellationToken)
    {
        var (chunk, range) = piece;
        var found = ArrayPool<int>.Shared.Rent(range.Count);
        try
        {
            using (var keys = await ChunkKeys.ReadAsync(source, chunk, range, read.Keys, cancellationToken).ConfigureAwait(false))
                spine.Find(keys.Columns, found.AsSpan(0, range.Count));
            if (!found.AsSpan(0, range.Count).ContainsAnyExcept(EntityIndex.None)) return;
            using var times = await ChunkTimes.ReadAsync(source, chunk, range, read.Rows, AsOfMatcher.WithCreated(read), cancellationToken).ConfigureAwait(false);
            using var notNull = await ReadNotNullAsync(chunk, range, cancellationToken).ConfigureAwait(false);
            _matcher.Add(new RowPlace(chunk, range.From), found.AsSpan(0, range.Count), times.Rows, notNull);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(found);
        }
    }

    private async ValueTask<IArrowArray?> ReadNotNullAsync(int chunk, RowRange range, CancellationToken cancellationToken) =>
        read.NotNull is null ? null : await source.ReadAsync(chunk, read.NotNull, range, cancellationToken).ConfigureAwait(false);
}
