using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The rows of a plan's spine: their moments, and for each set of keys the entities that they name.</summary>
internal sealed class SpineRows : IDisposable
{
    private readonly AsOfPlan _plan;
    private readonly Dictionary<string, IArrowArray> _columns = [];
    private readonly Dictionary<string, (EntityIndex? Index, int[] Entities)> _entities = [];

    public SpineRows(AsOfPlan plan)
    {
        _plan = plan;
        Count = checked((int)plan.Spine.RowCount);
        Times = Column(plan.TimeColumn);
        Latest = LatestTime();
    }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>The moments, in microseconds; null where a row has none.</summary>
    public IArrowArray Times { get; }

    /// <summary>The latest of the moments.</summary>
    public long Latest { get; }

    /// <summary>The entity of each row under some keys, and the index that finds them; no index where there are no keys and all rows are one entity.</summary>
    public (EntityIndex? Index, int[] Entities) EntitiesOf(IReadOnlyList<KeyMatch> keys)
    {
        if (keys.Count == 0) return (null, new int[Count]);
        var name = string.Join(',', keys.Select(key => key.SpineColumn));
        if (!_entities.TryGetValue(name, out var known))
        {
            var columns = KeyColumns.Of([.. keys.Select(key => Column(key.SpineColumn))], [.. keys.Select(key => key.Type)]);
            var index = EntityIndex.Build(columns, Count, out var entities);
            _entities[name] = known = (index, entities);
        }

        return known;
    }

    public void Dispose()
    {
        foreach (var column in _columns.Values) column.Dispose();
    }

    private IArrowArray Column(string name)
    {
        if (!_columns.TryGetValue(name, out var column))
        {
            var position = _plan.Spine.PositionOf(name);
            _columns[name] = column = ArrowTake.Concatenate([.. _plan.Spine.Chunks(position)], _plan.Spine.Schema.GetFieldByIndex(position).DataType);
        }

        return column;
    }

    private long LatestTime()
    {
        var latest = long.MinValue;
        var times = ArrowMemory.Values<long>(Times);
        for (var i = 0; i < times.Length; i++)
            if (times[i] > latest && !Times.IsNull(i)) latest = times[i];
        return latest;
    }
}
