namespace Tauro.FeatureStore.Materialized;

/// <summary>The rows of the entities of a <see cref="LookupGroup"/>: those of one stand together, in the order in which they become visible.</summary>
/// <param name="Starts">The first row of each entity, and at the end the number of rows.</param>
/// <param name="VisibleFrom">The moment from which each row is visible.</param>
/// <param name="EventTimes">The event time of each row.</param>
/// <param name="Lookback">How old a row may be; null for unlimited.</param>
internal sealed record LookupRows(int[] Starts, long[] VisibleFrom, long[] EventTimes, long? Lookback)
{
    /// <summary>The row that answers at a moment; the entity may be none.</summary>
    public int At(int entity, long moment)
    {
        if (entity == EntityIndex.None) return LookupGroup.None;
        var row = Starts[entity + 1] - 1;
        while (row >= Starts[entity] && VisibleFrom[row] > moment) row--;
        if (row < Starts[entity]) return LookupGroup.None;
        return Lookback is { } lookback && EventTimes[row] < moment - lookback ? LookupGroup.None : row;
    }
}
