using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>
/// Some rows of a stream that name entities of a spine, range after range of entities, and in each range in the order in which they came. Rows of other entities are left
/// out.
/// </summary>
internal sealed class EntityRows
{
    /// <summary>The rows are looked through in so many parts side by side.</summary>
    private const int MaxParts = 16;

    private readonly int[] _starts;
    private readonly int[] _entities;
    private readonly long[] _first;
    private readonly long[] _second;

    /// <param name="starts">Where the rows of each range begin that count as answers, then those of each range that do not, and the number of all.</param>
    /// <param name="entities">The entity of each row.</param>
    /// <param name="first">A time of each row.</param>
    /// <param name="second">The other, where there are two.</param>
    public EntityRows(int[] starts, int[] entities, long[] first, long[] second) => (_starts, _entities, _first, _second) = (starts, entities, first, second);

    /// <summary>The number of rows.</summary>
    public int Count => _entities.Length;

    /// <summary>The number of ranges of entities.</summary>
    public int Ranges => _starts.Length / 2;

    /// <summary>The entity of each row.</summary>
    public ReadOnlySpan<int> Entities => _entities;

    /// <summary>A time of each row.</summary>
    public ReadOnlySpan<long> First => _first;

    /// <summary>The other time of each row; none where rows have one.</summary>
    public ReadOnlySpan<long> Second => _second;

    /// <summary>Where the rows of a range are that may answer.</summary>
    public Range Counting(int range) => _starts[range].._starts[range + 1];

    /// <summary>Where the rows of a range are that answer nothing, because a value that they must have is null.</summary>
    private Range NotCounting(int range) => Counting(Ranges + range);

    /// <summary>Where all rows of a range are.</summary>
    public Range[] PartsOf(int range) => [Counting(range), NotCounting(range)];

    /// <summary>Puts the rows of some batches in order.</summary>
    /// <param name="batches">The batches.</param>
    /// <param name="columns">Where in them is what.</param>
    /// <param name="spine">The wanted entities.</param>
    /// <param name="ranges">The ranges of them.</param>
    /// <returns>The rows, and the batch and the row in it that each comes from.</returns>
    public static (EntityRows Rows, RowPlace[] Places) Arrange(IReadOnlyList<RecordBatch> batches, StreamedColumns columns, SpineEntities spine, EntityRanges ranges)
    {
        var starts = new int[batches.Count + 1];
        for (var i = 0; i < batches.Count; i++) starts[i + 1] = starts[i] + batches[i].Length;
        var found = GC.AllocateUninitializedArray<int>(starts[^1]);
        var counts = new int[Math.Min(MaxParts, batches.Count)][];
        ForBatches((part, batch) =>
        {
            var entities = found.AsSpan(starts[batch]..starts[batch + 1]);
            spine.Find(columns.KeysOf(batches[batch]), entities);
            var notNull = columns.NotNullOf(batches[batch]);
            var count = counts[part] ??= new int[2 * ranges.Count];
            for (var row = 0; row < entities.Length; row++)
                if (entities[row] != EntityIndex.None) count[Group(entities[row], notNull, row)]++;
        });

        // Each part's rows of a group stand behind those of the parts before it.
        var (groups, total) = (new int[(2 * ranges.Count) + 1], 0);
        for (var group = 0; group < groups.Length - 1; group++)
        {
            groups[group] = total;
            foreach (var count in counts)
            {
                var rows = count[group];
                count[group] = total;
                total += rows;
            }
        }

        groups[^1] = total;
        var arranged = new EntityRows(groups, GC.AllocateUninitializedArray<int>(total), GC.AllocateUninitializedArray<long>(total), columns.HasTwoTimes ? GC.AllocateUninitializedArray<long>(total) : []);
        var places = GC.AllocateUninitializedArray<RowPlace>(total);
        ForBatches((part, batch) =>
        {
            var entities = found.AsSpan(starts[batch]..starts[batch + 1]);
            var first = columns.FirstTimesOf(batches[batch]);
            var second = columns.SecondTimesOf(batches[batch]);
            var notNull = columns.NotNullOf(batches[batch]);
            var next = counts[part];
            for (var row = 0; row < entities.Length; row++)
            {
                if (entities[row] == EntityIndex.None) continue;
                var to = next[Group(entities[row], notNull, row)]++;
                arranged._entities[to] = entities[row];
                arranged._first[to] = first[row];
                if (!second.IsEmpty) arranged._second[to] = second[row];
                places[to] = new RowPlace(batch, row);
            }
        });
        return (arranged, places);

        int Group(int entity, IArrowArray? notNull, int row) => ranges.Of(entity) + (notNull?.IsNull(row) == true ? ranges.Count : 0);

        void ForBatches(Action<int, int> work) => WorkerPool.ForRanges(counts.Length, starts[^1], (from, end) =>
        {
            for (var part = from; part < end; part++)
                for (int batch = Border(part), last = Border(part + 1); batch < last; batch++) work(part, batch);
        });

        int Border(int part) => (int)((long)batches.Count * part / counts.Length);
    }
}
