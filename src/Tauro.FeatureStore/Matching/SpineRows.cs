using Apache.Arrow;

namespace Tauro.FeatureStore;

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
    }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>The moments, in microseconds; null where a row has none.</summary>
    public IArrowArray Times { get; }

    /// <summary>The moment of all rows; null where they have several, or one of them has none.</summary>
    public long? Moment => MomentOf(_plan);

    /// <summary>The moment of all rows of a plan's spine, in the unit of its column; null where they have several, or one of them has none.</summary>
    public static long? MomentOf(AsOfPlan plan)
    {
        long? moment = null;
        foreach (var times in plan.Spine.Chunks(plan.Spine.PositionOf(plan.TimeColumn)))
        {
            if (times.Length == 0) continue;
            var values = ArrowMemory.Values<long>(times);
            moment ??= values[0];
            if (times.NullCount > 0 || values.ContainsAnyExcept(moment.Value)) return null;
        }

        return moment;
    }

    /// <summary>The columns of some keys.</summary>
    public IReadOnlyList<IArrowArray> ColumnsOf(IReadOnlyList<KeyMatch> keys) => [.. keys.Select(key => Column(key.SpineColumn))];

    /// <summary>The spine's rows under some keys.</summary>
    public SpineEntities EntitiesOf(IReadOnlyList<KeyMatch> keys)
    {
        var name = string.Join(',', keys.Select(key => $"{key.SpineColumn} {key.SourceColumn.Name}"));
        if (!_entities.TryGetValue(name, out var known))
            _entities[name] = known = SpineEntities.Of(keys, ColumnsOf(keys), Times);
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
}
