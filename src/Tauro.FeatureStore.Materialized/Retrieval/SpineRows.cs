using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The rows of a plan's spine: their moments, and for each set of keys the entities that they name.</summary>
internal sealed class SpineRows : IDisposable
{
    private readonly AsOfPlan _plan;
    private readonly Dictionary<string, IArrowArray> _columns = [];
    private readonly Dictionary<string, SpineEntities> _entities = [];

    public SpineRows(AsOfPlan plan)
    {
        _plan = plan;
        Count = checked((int)plan.Spine.RowCount);
        Times = Column(plan.TimeColumn);
        (Earliest, Latest) = Extent();
    }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>The moments, in microseconds; null where a row has none.</summary>
    public IArrowArray Times { get; }

    /// <summary>The earliest of the moments.</summary>
    public long Earliest { get; }

    /// <summary>The latest of the moments; before <see cref="Earliest"/> where there is none.</summary>
    public long Latest { get; }

    /// <summary>The spine's rows under some keys.</summary>
    public SpineEntities EntitiesOf(IReadOnlyList<KeyMatch> keys)
    {
        var name = string.Join(',', keys.Select(key => $"{key.SpineColumn} {key.SourceColumn.Name}"));
        if (!_entities.TryGetValue(name, out var known))
            _entities[name] = known = SpineEntities.Of(keys, [.. keys.Select(key => Column(key.SpineColumn))], Times);
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

    private (long Earliest, long Latest) Extent()
    {
        var (earliest, latest) = (long.MaxValue, long.MinValue);
        var times = ArrowMemory.Values<long>(Times);
        for (var i = 0; i < times.Length; i++)
        {
            if (Times.IsNull(i)) continue;
            earliest = Math.Min(earliest, times[i]);
            latest = Math.Max(latest, times[i]);
        }

        return (earliest, latest);
    }
}
