using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>
/// A spine under one set of keys: its rows entity by entity, and in each by their moment. A row's place in that order is its <em>slot</em>. Rows with a null
/// key or no moment have none. Entities of one whole number stand in its order, which is that of sorted files, so that slots answer in the order of the rows.
/// </summary>
internal sealed class SpineEntities
{
    private readonly EntityIndex? _index;
    private readonly int[] _starts;
    private readonly int[] _rows;
    private readonly long[] _moments;

    private SpineEntities(EntityIndex? index, int[] starts, int[] rows, long[] moments, IReadOnlyList<ColumnFilter> filters)
    {
        (_index, _starts, _rows, _moments, KeyFilters) = (index, starts, rows, moments, filters);
        (Earliest, Latest) = (long.MaxValue, long.MinValue);
        foreach (var moment in moments) (Earliest, Latest) = (Math.Min(Earliest, moment), Math.Max(Latest, moment));
    }

    /// <summary>The number of distinct entities.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The number of slots.</summary>
    public int SlotCount => _rows.Length;

    /// <summary>The earliest of the moments.</summary>
    public long Earliest { get; }

    /// <summary>The latest of the moments; before <see cref="Earliest"/> where there is no slot.</summary>
    public long Latest { get; }

    /// <summary>What the keys of a source's rows must be for the rows to matter.</summary>
    public IReadOnlyList<ColumnFilter> KeyFilters { get; }

    /// <summary>The first slot of each entity, and at the end the number of slots.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>The row of the spine in each slot.</summary>
    public ReadOnlySpan<int> Rows => _rows;

    /// <summary>The moment of each slot, which ascends within an entity.</summary>
    public ReadOnlySpan<long> Moments => _moments;

    /// <summary>Orders a spine.</summary>
    /// <param name="keys">The keys, and what they are compared with; none where all rows are one entity.</param>
    /// <param name="columns">The spine's columns of those keys.</param>
    /// <param name="times">The moments, in microseconds.</param>
    public static SpineEntities Of(IReadOnlyList<KeyMatch> keys, IReadOnlyList<IArrowArray> columns, IArrowArray times)
    {
        var entities = new int[times.Length];
        EntityIndex? index = null;
        IReadOnlyList<ColumnFilter> filters = [];
        if (keys.Count > 0)
        {
            var values = KeyColumns.Of(columns, [.. keys.Select(key => key.Type)]);
            index = EntityIndex.Build(values, times.Length, out entities);
            filters = index is WholeEntityIndex whole ? FilterOf(keys[0], whole.SortKeys(entities)) : Filters(keys, values, index);
        }

        var moments = ArrowMemory.Values<long>(times);
        var validity = ArrowMemory.ValidityBits(times.Data);
        var starts = new int[(index?.Count ?? 1) + 1];
        for (var row = 0; row < entities.Length; row++)
        {
            if (!ArrowMemory.IsValid(validity, times.Data, row)) entities[row] = EntityIndex.None;
            if (entities[row] != EntityIndex.None) starts[entities[row] + 1]++;
        }

        for (var entity = 1; entity < starts.Length; entity++) starts[entity] += starts[entity - 1];
        var rows = new int[starts[^1]];
        var slotMoments = new long[rows.Length];
        var next = starts.AsSpan().ToArray();
        for (var row = 0; row < entities.Length; row++)
        {
            if (entities[row] == EntityIndex.None) continue;
            var slot = next[entities[row]]++;
            (rows[slot], slotMoments[slot]) = (row, moments[row]);
        }

        WorkerPool.ForRanges(starts.Length - 1, rows.Length, (from, end) =>
        {
            for (var entity = from; entity < end; entity++)
            {
                var (start, length) = (starts[entity], starts[entity + 1] - starts[entity]);
                SortByMoment(slotMoments.AsSpan(start, length), rows.AsSpan(start, length));
            }
        });

        return new SpineEntities(index, starts, rows, slotMoments, filters);
    }

    /// <summary>The entities of rows of a source, <see cref="EntityIndex.None"/> where the spine does not have them.</summary>
    public void Find(KeyColumns? keys, Span<int> entities)
    {
        if (_index is null || keys is null) entities.Clear();
        else _index.Find(keys, entities);
    }

    /// <summary>Most entities have few rows, for which a general sort takes longer to begin than this does to end.</summary>
    private static void SortByMoment(Span<long> moments, Span<int> rows)
    {
        const int few = 24;
        if (moments.Length > few)
        {
            moments.Sort(rows);
            return;
        }

        for (var i = 1; i < moments.Length; i++)
        {
            var (moment, row) = (moments[i], rows[i]);
            var at = i;
            for (; at > 0 && moments[at - 1] > moment; at--) (moments[at], rows[at]) = (moments[at - 1], rows[at - 1]);
            (moments[at], rows[at]) = (moment, row);
        }
    }

    private static IReadOnlyList<ColumnFilter> FilterOf(KeyMatch key, long[] sorted) =>
        key.Type.Kind == DataTypeKind.Boolean ? [] : [ColumnFilter.OneOf(key.SourceColumn, sorted)];

    private static List<ColumnFilter> Filters(IReadOnlyList<KeyMatch> keys, KeyColumns values, EntityIndex index)
    {
        var filters = new List<ColumnFilter>();
        for (var i = 0; i < keys.Count; i++)
        {
            if (values.Columns[i] is not WholeKeyColumn whole) continue;
            var wanted = new long[index.Count];
            for (var entity = 0; entity < wanted.Length; entity++) wanted[entity] = whole.Values[index.FirstPlaces[entity]];
            System.Array.Sort(wanted);
            filters.AddRange(FilterOf(keys[i], wanted));
        }

        return filters;
    }
}
