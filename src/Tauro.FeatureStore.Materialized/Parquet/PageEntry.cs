namespace Tauro.FeatureStore.Materialized;

/// <summary>What the page index says of one data page of a flat column.</summary>
/// <param name="Location">Where it lies, and its rows.</param>
/// <param name="NullCount">Its nulls.</param>
/// <param name="Bounds">The least and the greatest of its values; null where there is none, or where pages of the column are not told apart by bounds.</param>
internal sealed record PageEntry(PageLocation Location, int NullCount, ParquetBounds? Bounds);
