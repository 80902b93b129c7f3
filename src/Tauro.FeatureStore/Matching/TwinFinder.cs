namespace Tauro.FeatureStore;

/// <summary>
/// Finds two rows of one entity with the same times among the rows of a stream, in whatever order they come. It holds the times of all rows, and nothing else of them.
/// </summary>
/// <param name="ranges">The entities.</param>
/// <param name="withSecond">Whether a row has two times.</param>
internal sealed class TwinFinder(EntityRanges ranges, bool withSecond)
{
    /// <summary>So many rows are sorted at once, or those of one entity.</summary>
    private const int RowsAtOnce = 1 << 24;

    private readonly List<EntityRows> _rows = [];
    private readonly Times[] _latest = Times.Unknown(ranges.Entities);
    private readonly bool[] _descends = new bool[ranges.Count];

    /// <summary>Takes over rows.</summary>
    public void Add(EntityRows rows)
    {
        _rows.Add(rows);
        WorkerPool.ForRanges(ranges.Count, rows.Count, (from, end) =>
        {
            for (var range = from; range < end; range++)
                if (!_descends[range]) _descends[range] = !rows.PartsOf(range).All(part => Ascend(rows, part));
        });
    }

    /// <summary>The first entity with two rows of the same times, and its earliest such times; null where there is none.</summary>
    public Twin? Find()
    {
        var gate = new Lock();
        Twin? found = null;
        WorkerPool.ForRanges(ranges.Count, _rows.Sum(rows => (long)rows.Count), (from, end) =>
        {
            for (var range = from; range < end; range++)
            {
                if (!_descends[range] || Find(range) is not { } twin) continue;
                lock (gate)
                    if (found is null || found.Value.Entity > twin.Entity) found = twin;
                break;
            }
        });
        return found;
    }

    /// <summary>Whether rows come after those of their entity before them; where all do, no two are alike.</summary>
    private bool Ascend(EntityRows rows, Range range)
    {
        var entities = rows.Entities[range];
        var first = rows.First[range];
        var second = withSecond ? rows.Second[range] : [];
        for (var row = 0; row < entities.Length; row++)
        {
            ref var latest = ref _latest[entities[row]];
            var times = new Times(first[row], withSecond ? second[row] : 0);
            if (!times.IsAfter(latest)) return false;
            latest = times;
        }

        return true;
    }

    private Twin? Find(int range)
    {
        var first = ranges.First(range);
        var counts = new long[ranges.First(range + 1) - first];
        foreach (var rows in _rows)
            foreach (var part in rows.PartsOf(range))
                foreach (var entity in rows.Entities[part]) counts[entity - first]++;
        foreach (var group in SizeGroups.Divide(counts, RowsAtOnce))
            if (Find(range, first + group.Start.Value, counts.AsSpan(group)) is { } twin) return twin;
        return null;
    }

    /// <summary>The same among neighbouring entities.</summary>
    private Twin? Find(int range, int firstEntity, ReadOnlySpan<long> counts)
    {
        var starts = new int[counts.Length + 1];
        for (var i = 0; i < counts.Length; i++) starts[i + 1] = checked((int)(starts[i] + counts[i]));
        var (first, second) = (new long[starts[^1]], new long[withSecond ? starts[^1] : 0]);
        var next = starts.AsSpan().ToArray();
        foreach (var rows in _rows)
            foreach (var part in rows.PartsOf(range))
                for (var (row, end) = (part.Start.Value, part.End.Value); row < end; row++)
                {
                    var entity = rows.Entities[row] - firstEntity;
                    if ((uint)entity >= (uint)counts.Length) continue;
                    var to = next[entity]++;
                    first[to] = rows.First[row];
                    if (withSecond) second[to] = rows.Second[row];
                }

        for (var entity = 0; entity < counts.Length; entity++)
        {
            var own = starts[entity]..starts[entity + 1];
            if (FindAmong(first.AsSpan(own), withSecond ? second.AsSpan(own) : []) is { } times) return new Twin(firstEntity + entity, times.First, times.Second);
        }

        return null;
    }

    /// <summary>The earliest times that two rows of one entity have.</summary>
    private static (long First, long Second)? FindAmong(Span<long> first, Span<long> second)
    {
        if (second.IsEmpty)
        {
            if (!Ascends(first)) first.Sort();
            return Repeated(first) is { } time ? (time, 0) : null;
        }

        first.Sort(second);
        for (var (from, end) = (0, 0); from < first.Length; from = end)
        {
            while (end < first.Length && first[end] == first[from]) end++;
            var others = second[from..end];
            others.Sort();
            if (Repeated(others) is { } time) return (first[from], time);
        }

        return null;
    }

    private static bool Ascends(ReadOnlySpan<long> times)
    {
        for (var i = 1; i < times.Length; i++)
            if (times[i] < times[i - 1]) return false;
        return true;
    }

    private static long? Repeated(ReadOnlySpan<long> sorted)
    {
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i] == sorted[i - 1]) return sorted[i];
        return null;
    }

    /// <summary>An entity and the times of a row of it.</summary>
    internal readonly record struct Twin(int Entity, long First, long Second);

    /// <summary>The times of a row.</summary>
    private readonly record struct Times(long First, long Second)
    {
        /// <summary>Times before all others, of so many entities.</summary>
        public static Times[] Unknown(int entities)
        {
            var times = new Times[entities];
            times.AsSpan().Fill(new Times(long.MinValue, long.MinValue));
            return times;
        }

        public bool IsAfter(Times other) => First != other.First ? First > other.First : Second > other.Second;
    }
}
