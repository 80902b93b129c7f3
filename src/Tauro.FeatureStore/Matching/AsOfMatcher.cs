using Apache.Arrow;

namespace Tauro.FeatureStore;

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

    /// <summary>Entities share so many locks: with one for all, threads would wait for each other. A power of two.</summary>
    private const int Gates = 64;

    private readonly SlotAnswers _answers = new(spine.SlotCount, WithCreated(read), mixesCommits);
    private readonly long _shift = read.Visibility.Delay + (read.Visibility.AllowExactMatches ? 0 : 1);
    private readonly bool _knownAsOf = read.Visibility.KnownAsOf;
    private readonly Lock[] _gates = [.. Enumerable.Range(0, Gates).Select(_ => new Lock())];

    /// <summary>What has been found so far: of each slot the greatest row that becomes visible there, not before.</summary>
    public SlotAnswers Found => _answers;

    /// <summary>Whether created times are needed: they say what is known, or order rows otherwise than the write sequence does.</summary>
    public static bool WithCreated(AsOfRead read) => read.Rows.CreatedTime is not null || read.Visibility.KnownAsOf;

    /// <summary>Takes neighbouring rows of a chunk into account. Any thread may call it.</summary>
    /// <param name="first">The place of the first row.</param>
    /// <param name="entities">The entity of each row.</param>
    /// <param name="times">The times of each row.</param>
    /// <param name="notNull">The column that must have a value for a row to count; null where none must.</param>
    public void Add(RowPlace first, ReadOnlySpan<int> entities, in RowTimes times, IArrowArray? notNull)
    {
        for (var (row, end) = (0, 0); row < entities.Length; row = end)
        {
            end = EndOfRun(entities, row);
            if (entities[row] == EntityIndex.None) continue;
            lock (_gates[entities[row] & (Gates - 1)]) AddRows(first, times, notNull, entities[row], row, end);
        }
    }

    /// <summary>The same where no other thread adds rows of these entities meanwhile, and all rows have an entity and count.</summary>
    public void AddAlone(RowPlace first, ReadOnlySpan<int> entities, in RowTimes times)
    {
        for (var (row, end) = (0, 0); row < entities.Length; row = end)
        {
            end = EndOfRun(entities, row);
            AddRows(first, times, notNull: null, entities[row], row, end);
        }
    }

    /// <summary>The answers by slot, once all rows are in.</summary>
    public SlotAnswers Complete()
    {
        WorkerPool.ForRanges(spine.Count, spine.SlotCount, (from, end) =>
        {
            var starts = spine.Starts;
            for (var entity = from; entity < end; entity++)
            {
                _answers.Accumulate(starts[entity], starts[entity + 1]);
                if (read.Visibility.Lookback is { } lookback) _answers.RemoveOlder(starts[entity], starts[entity + 1], spine.Moments, lookback);
            }
        });
        return _answers;
    }

    private static int EndOfRun(ReadOnlySpan<int> entities, int row)
    {
        var end = row + 1;
        while (end < entities.Length && entities[end] == entities[row]) end++;
        return end;
    }

    /// <summary>Takes neighbouring rows of one entity into account.</summary>
    private void AddRows(RowPlace firstPlace, in RowTimes times, IArrowArray? notNull, int entity, int from, int to)
    {
        var eventTimes = times.EventTimes;
        var createdTimes = times.CreatedTimes;
        var moments = spine.Moments;
        var (first, end) = (spine.Starts[entity], spine.Starts[entity + 1]);
        var simple = !_knownAsOf && !eventTimes.IsEmpty && createdTimes.IsEmpty && notNull is null && !mixesCommits;
        var (visibleBefore, slot) = (long.MinValue, first);
        for (var row = from; row < to; row++)
        {
            if (notNull?.IsNull(row) == true) continue;
            var eventTime = eventTimes.IsEmpty ? BeforeEverything : eventTimes[row];
            var createdTime = createdTimes.IsEmpty ? times.CreatedTime : createdTimes[row];
            var visible = eventTime + _shift;
            if (_knownAsOf && createdTime > visible) visible = createdTime;
            if (visible < visibleBefore) slot = first;
            visibleBefore = visible;
            if (slot < end && moments[slot] < visible) slot = FirstAtOrAfter(moments, slot, end, visible);
            if (slot >= end) continue;
            if (simple)
            {
                // Of neighbours that ascend and become visible at the same slot only the last can answer.
                while (row + 1 < to && eventTimes[row + 1] >= eventTime && eventTimes[row + 1] + _shift <= moments[slot]) eventTime = eventTimes[++row];
                visibleBefore = eventTime + _shift;
            }

            _answers.Offer(slot, eventTime, createdTime, mixesCommits ? times.SequenceOf(row) : 0, firstPlace.Plus(row));
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
