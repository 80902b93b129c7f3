namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Finds the answering row of every row of a spine: the greatest in order among the rows of its entity that are visible at its moment, if that one is not too
/// old.
/// </summary>
/// <remarks>
/// Each row of the source is put, once, to the first slot at which it is visible: in files sorted by key and time by walking along both, in others by a search.
/// What is kept is one row for each slot, however many rows and files there are, and chunks may come in any order. Only the greatest visible row can be young
/// enough: if it is too old, all are.
/// </remarks>
internal sealed class AsOfMatcher(SpineEntities spine, AsOfRead read, bool mixesCommits)
{
    /// <summary>The event time of a static row: before everything.</summary>
    private const long BeforeEverything = long.MinValue / 2;

    private readonly SlotAnswers _answers = new(spine.SlotCount, WithCreated(read), mixesCommits);
    private readonly long _shift = read.Visibility.Delay + (read.Visibility.AllowExactMatches ? 0 : 1);
    private readonly bool _knownAsOf = read.Visibility.KnownAsOf;
    private readonly Lock _gate = new();

    /// <summary>Whether created times are needed: they say what is known, or order rows otherwise than the write sequence does.</summary>
    public static bool WithCreated(AsOfRead read) => read.Rows.CreatedTime is not null || read.Visibility.KnownAsOf;

    /// <summary>Takes rows of a chunk into account. Any thread may call it.</summary>
    public void Add(int chunk, RowRange range, ReadOnlySpan<int> entities, ChunkTimes times, Apache.Arrow.IArrowArray? notNull)
    {
        lock (_gate) AddRows(chunk, range, entities, times, notNull);
    }

    /// <summary>The answers, once all rows are in: for each row of the spine the place of the row, and its event time if that is asked for.</summary>
    public void Complete(Memory<RowPlace> places, Memory<long> eventTimes)
    {
        places.Span.Fill(RowPlace.None);
        WorkerPool.ForRanges(spine.Count, spine.SlotCount, (from, end) => Complete(from, end, places.Span, eventTimes.Span));
    }

    private void Complete(int from, int end, Span<RowPlace> places, Span<long> eventTimes)
    {
        var starts = spine.Starts;
        var rows = spine.Rows;
        var moments = spine.Moments;
        var lookback = read.Visibility.Lookback;
        for (var entity = from; entity < end; entity++)
        {
            _answers.Accumulate(starts[entity], starts[entity + 1]);
            for (var slot = starts[entity]; slot < starts[entity + 1]; slot++)
            {
                var place = new RowPlace(_answers.Places[slot]);
                if (place.IsNone || (lookback is { } oldest && _answers.EventTimes[slot] < moments[slot] - oldest)) continue;
                places[rows[slot]] = place;
                if (!eventTimes.IsEmpty) eventTimes[rows[slot]] = _answers.EventTimes[slot];
            }
        }
    }

    private void AddRows(int chunk, RowRange range, ReadOnlySpan<int> entities, ChunkTimes times, Apache.Arrow.IArrowArray? notNull)
    {
        var eventTimes = times.EventTimes;
        var createdTimes = times.CreatedTimes;
        var starts = spine.Starts;
        var moments = spine.Moments;
        var simple = !_knownAsOf && !eventTimes.IsEmpty && createdTimes.IsEmpty && notNull is null && !mixesCommits;
        var (entityBefore, visibleBefore, slot, end) = (EntityIndex.None, 0L, 0, 0);
        for (var row = 0; row < entities.Length; row++)
        {
            var entity = entities[row];
            if (entity == EntityIndex.None || notNull?.IsNull(row) == true) continue;
            var eventTime = eventTimes.IsEmpty ? BeforeEverything : eventTimes[row];
            var createdTime = createdTimes.IsEmpty ? times.ChunkCreatedTime : createdTimes[row];
            var visible = eventTime + _shift;
            if (_knownAsOf && createdTime > visible) visible = createdTime;
            if (entity != entityBefore || visible < visibleBefore) (slot, end) = (starts[entity], starts[entity + 1]);
            (entityBefore, visibleBefore) = (entity, visible);
            if (slot < end && moments[slot] < visible) slot = FirstAtOrAfter(moments, slot, end, visible);
            if (slot >= end) continue;
            if (simple)
            {
                // Of neighbours that ascend and become visible at the same slot only the last can answer.
                while (row + 1 < entities.Length && entities[row + 1] == entity && eventTimes[row + 1] >= eventTime && eventTimes[row + 1] + _shift <= moments[slot])
                    eventTime = eventTimes[++row];
                visibleBefore = eventTime + _shift;
            }

            _answers.Offer(slot, eventTime, createdTime, mixesCommits ? times.SequenceOf(row) : 0, new RowPlace(chunk, range.From + row));
        }
    }

    /// <summary>The first slot whose moment is not before the given one: found in growing steps, since it is most often near.</summary>
    private static int FirstAtOrAfter(ReadOnlySpan<long> moments, int slot, int end, long moment)
    {
        var step = 1;
        while (slot + step < end && moments[slot + step] < moment)
        {
            slot += step;
            step <<= 1;
        }

        var (low, high) = (slot + 1, Math.Min(slot + step, end));
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (moments[middle] < moment) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
