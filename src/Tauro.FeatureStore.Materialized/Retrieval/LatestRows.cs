using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// The rows of a source that may answer from some moment on: of each entity the one that answered then, however old, and those that become visible later, in that
/// order. Immutable.
/// </summary>
internal sealed class LatestRows
{
    /// <summary>The row of an entity that has none.</summary>
    public const int None = -1;

    /// <summary>Later than all that is stored, and far enough from the end of time that a delay can be taken from it.</summary>
    private const long EndOfTime = long.MaxValue / 2;

    private readonly int[] _starts;
    private readonly long[] _visibleFrom;
    private readonly long[] _eventTimes;

    private LatestRows(EntityIndex index, long moment, LatestCandidate[] rows)
    {
        System.Array.Sort(rows);
        (Index, Moment) = (index, moment);
        _starts = new int[index.Count + 1];
        foreach (var row in rows) _starts[row.Entity + 1]++;
        for (var entity = 0; entity < index.Count; entity++) _starts[entity + 1] += _starts[entity];
        _visibleFrom = [.. rows.Select(row => row.VisibleFrom)];
        _eventTimes = [.. rows.Select(row => row.EventTime)];
        Places = rows.Select(row => row.Place).ToArray();
    }

    /// <summary>Numbers the entities.</summary>
    public EntityIndex Index { get; }

    /// <summary>The moment from which on answers are right; what became invisible before is not here.</summary>
    public long Moment { get; }

    /// <summary>Where each row is in the source.</summary>
    public ReadOnlyMemory<RowPlace> Places { get; }

    /// <summary>The event time of each row.</summary>
    public ReadOnlySpan<long> EventTimes => _eventTimes;

    /// <summary>The bytes that the rows and the index of their entities take, about.</summary>
    public long Size => (Places.Length * 3L * sizeof(long)) + (Index.Count * 16L * sizeof(long));

    /// <summary>Finds the rows.</summary>
    /// <param name="source">The source, open.</param>
    /// <param name="read">What is read of it; its lookback is for the moment of each answer.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<LatestRows> FindAsync(RowSource source, AsOfRead read, long moment, CancellationToken cancellationToken)
    {
        var unlimited = read with { Visibility = read.Visibility with { Lookback = null } };
        var arrays = await FindEntitiesAsync(source, unlimited, cancellationToken).ConfigureAwait(false);
        var index = EntityIndex.Build(KeyColumns.Of(arrays, [.. read.Keys.Select(key => key.Type)]), arrays[0].Length, out var entities);

        var spine = SpineEntities.Of(read.Keys, arrays, ArrowMemory.Repeat(moment, ArrowTypes.ToArrow(DataType.Timestamp), index.Count));
        var answers = (await new AsOfSearch(spine, unlimited, source).RunAsync(cancellationToken).ConfigureAwait(false)).Complete();

        var rows = new List<LatestCandidate>(index.Count);
        for (var slot = 0; slot < spine.SlotCount; slot++)
            if (!answers.Places[slot].IsNone)
                rows.Add(new LatestCandidate(entities[spine.Rows[slot]], long.MinValue, answers.EventTimes[slot], long.MinValue, long.MinValue, answers.Places[slot]));
        if (read.Rows.EventTime is not null) await AddLaterAsync(rows, read, source, index, moment, cancellationToken).ConfigureAwait(false);
        return new LatestRows(index, moment, [.. rows]);
    }

    /// <summary>The row that answers for an entity at a moment; the entity may be none.</summary>
    public int At(int entity, long moment, long? lookback)
    {
        if (entity == EntityIndex.None) return None;
        var row = _starts[entity + 1] - 1;
        while (row >= _starts[entity] && _visibleFrom[row] > moment) row--;
        if (row < _starts[entity]) return None;
        return lookback is { } oldest && _eventTimes[row] < moment - oldest ? None : row;
    }

    /// <summary>The rows that answer for many entities at a moment.</summary>
    public int[] Find(KeyColumns keys, int count, long moment, long? lookback)
    {
        var found = new int[count];
        Index.Find(keys, found);
        for (var i = 0; i < found.Length; i++) found[i] = At(found[i], moment, lookback);
        return found;
    }

    /// <summary>The keys of all entities of the source, each once.</summary>
    private static async Task<IArrowArray[]> FindEntitiesAsync(RowSource source, AsOfRead read, CancellationToken cancellationToken)
    {
        var plan = new EntitiesPlan
        {
            Rows = read.Rows,
            Keys = [.. read.Keys.Select(key => new PlanOutput(key.SourceColumn, key.SourceColumn.Name))],
            Moment = EndOfTime,
            Visibility = read.Visibility,
        };
        var batches = new List<RecordBatch>();
        try
        {
            await foreach (var batch in EntityReader.RunAsync(plan, source, cancellationToken).ConfigureAwait(false)) batches.Add(batch);
            using var entities = EntityUnion.Of([.. plan.Keys.Select(key => key.Name)], [.. read.Keys.Select(key => key.Type)], batches);
            return [.. Enumerable.Range(0, read.Keys.Count).Select(i => ArrowArrayFactory.SliceShared(entities.Batches[0].Column(i), 0, (int)entities.RowCount))];
        }
        finally
        {
            foreach (var batch in batches) batch.Dispose();
        }
    }

    private static async Task AddLaterAsync(
        List<LatestCandidate> rows, AsOfRead read, RowSource source, EntityIndex index, long moment, CancellationToken cancellationToken)
    {
        var shift = read.Visibility.Delay + (read.Visibility.AllowExactMatches ? 0 : 1);
        var mixesCommits = source.MixesCommits;
        ColumnFilter[] filters = read.Rows.EventTime is { Type.Kind: DataTypeKind.Timestamp } column ? [ColumnFilter.Between(column, moment - shift + 1, long.MaxValue)] : [];
        for (var chunk = 0; chunk < source.Chunks.Count; chunk++)
        {
            foreach (var range in source.Find(chunk, filters))
            {
                using var times = await ChunkTimes.ReadAsync(source, chunk, range, read.Rows, AsOfMatcher.WithCreated(read), cancellationToken).ConfigureAwait(false);
                if (!times.EventTimes.ContainsAnyExceptInRange(long.MinValue, moment - shift)) continue;
                using var keys = await ChunkKeys.ReadAsync(source, chunk, range, read.Keys, cancellationToken).ConfigureAwait(false);
                using var notNull = read.NotNull is null ? null : await source.ReadAsync(chunk, read.NotNull, range, cancellationToken).ConfigureAwait(false);
                var entities = new int[range.Count];
                index.Find(keys.Columns, entities);
                for (var row = 0; row < entities.Length; row++)
                {
                    var eventTime = times.EventTimes[row];
                    if (eventTime <= moment - shift || entities[row] == EntityIndex.None || notNull?.IsNull(row) == true) continue;
                    var createdTime = read.Rows.CreatedTime is null ? 0 : times.CreatedTimes[row];
                    var place = new RowPlace(chunk, range.From + row);
                    rows.Add(new LatestCandidate(entities[row], eventTime + shift, eventTime, createdTime, mixesCommits ? times.SequenceOf(row) : place.Value, place));
                }
            }
        }
    }
}
