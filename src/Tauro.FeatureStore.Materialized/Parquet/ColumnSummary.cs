namespace Tauro.FeatureStore.Materialized;

/// <summary>Gathers the statistics of one column over the row groups of a file.</summary>
internal sealed class ColumnSummary
{
    private ParquetBounds? _bounds;
    private bool _unordered;
    private long _nullCount;

    /// <summary>Adds a row group.</summary>
    /// <param name="nullCount">Its nulls.</param>
    /// <param name="valueCount">Its values that are not null.</param>
    /// <param name="bounds">Their bounds; null although there are values means that they have no order, now and for the whole file.</param>
    public void Add(long nullCount, long valueCount, ParquetBounds? bounds)
    {
        _nullCount += nullCount;
        if (valueCount == 0) return;
        if (bounds is not { } found) _unordered = true;
        else _bounds = _bounds?.Union(found) ?? found;
    }

    public ParquetColumnStatistics ToStatistics(string name) => new(name, _nullCount, _unordered ? null : _bounds);
}
