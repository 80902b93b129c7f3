namespace Tauro.FeatureStore;

/// <summary>
/// Finds two rows of one entity with the same times among the rows of a stream, in whatever order they come. It holds the times of all rows, and nothing else of them.
/// </summary>
/// <param name="withSecond">Whether a row has two times.</param>
internal sealed class TwinFinder(bool withSecond)
{
    private const int RowsPerBlock = 1 << 16;

    /// <summary>So many rows are sorted at once, or those of one entity.</summary>
    private const int RowsAtOnce = 1 << 24;

    private readonly List<Block> _blocks = [];
    private int _free;
    private bool _ascends = true;
    private Twin _last = new(EntityIndex.None, 0, 0);

    /// <summary>Takes rows into account.</summary>
    /// <param name="entities">The entity of each row; <see cref="EntityIndex.None"/> for a row that does not matter.</param>
    /// <param name="first">A time of each row.</param>
    /// <param name="second">The other, where there are two.</param>
    public void Add(ReadOnlySpan<int> entities, ReadOnlySpan<long> first, ReadOnlySpan<long> second)
    {
        for (var row = 0; row < entities.Length; row++)
        {
            if (entities[row] == EntityIndex.None) continue;
            if (_free == 0)
            {
                _blocks.Add(new Block(new int[RowsPerBlock], new long[RowsPerBlock], withSecond ? new long[RowsPerBlock] : []));
                _free = RowsPerBlock;
            }

            var (block, at) = (_blocks[^1], RowsPerBlock - _free--);
            var twin = new Twin(entities[row], first[row], withSecond ? second[row] : 0);
            (block.Entities[at], block.First[at]) = (twin.Entity, twin.First);
            if (withSecond) block.Second[at] = twin.Second;
            _ascends = _ascends && twin.IsAfter(_last);
            _last = twin;
        }
    }

    /// <summary>The first entity with two rows of the same times, and its earliest such times; null where there is none.</summary>
    /// <param name="entities">The number of entities.</param>
    public Twin? Find(int entities)
    {
        if (_ascends) return null;
        var rows = new long[entities];
        foreach (var block in _blocks)
            foreach (var entity in EntitiesOf(block)) rows[entity]++;
        for (var (from, end) = (0, 0); from < entities; from = end)
        {
            long count = 0;
            for (; end < entities && (end == from || count + rows[end] <= RowsAtOnce); end++) count += rows[end];
            if (Find(from, rows.AsSpan(from..end), count) is { } twin) return twin;
        }

        return null;
    }

    /// <summary>The same among neighbouring entities.</summary>
    private Twin? Find(int firstEntity, ReadOnlySpan<long> rows, long count)
    {
        var starts = new int[rows.Length + 1];
        for (var i = 0; i < rows.Length; i++) starts[i + 1] = checked((int)(starts[i] + rows[i]));
        var (first, second) = (new long[count], new long[withSecond ? count : 0]);
        var next = starts.AsSpan().ToArray();
        foreach (var block in _blocks)
        {
            var entities = EntitiesOf(block);
            for (var row = 0; row < entities.Length; row++)
            {
                if ((uint)(entities[row] - firstEntity) >= (uint)rows.Length) continue;
                var to = next[entities[row] - firstEntity]++;
                first[to] = block.First[row];
                if (withSecond) second[to] = block.Second[row];
            }
        }

        var gate = new Lock();
        Twin? found = null;
        WorkerPool.ForRanges(rows.Length, count, (from, end) =>
        {
            for (var entity = from; entity < end; entity++)
            {
                var own = starts[entity]..starts[entity + 1];
                if (FindAmong(first.AsSpan(own), withSecond ? second.AsSpan(own) : []) is not { } times) continue;
                lock (gate)
                    if (found is null || found.Value.Entity > firstEntity + entity) found = new Twin(firstEntity + entity, times.First, times.Second);
                break;
            }
        });
        return found;
    }

    private ReadOnlySpan<int> EntitiesOf(Block block) => block.Entities.AsSpan(0, block == _blocks[^1] ? RowsPerBlock - _free : RowsPerBlock);

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
    internal readonly record struct Twin(int Entity, long First, long Second)
    {
        public bool IsAfter(Twin other) =>
            Entity != other.Entity ? Entity > other.Entity : First != other.First ? First > other.First : Second > other.Second;
    }

    private sealed record Block(int[] Entities, long[] First, long[] Second);
}
