namespace Tauro.FeatureStore.Materialized;

/// <summary>What a written file holds, for the table's log and for skipping files.</summary>
/// <param name="RowCount">All rows.</param>
/// <param name="ByteCount">The size of the file.</param>
/// <param name="Columns">One for each top-level column, in the order of the file.</param>
internal sealed record ParquetFileStatistics(long RowCount, long ByteCount, IReadOnlyList<ParquetColumnStatistics> Columns);

/// <summary>What one top-level column of a written file holds.</summary>
/// <param name="Name">The column.</param>
/// <param name="NullCount">The rows in which it is null.</param>
/// <param name="Bounds">
/// The least and the greatest value, or null where the column is nested, has no value, or has a NaN (which has no place in the order).
/// </param>
internal sealed record ParquetColumnStatistics(string Name, long NullCount, ParquetBounds? Bounds);
