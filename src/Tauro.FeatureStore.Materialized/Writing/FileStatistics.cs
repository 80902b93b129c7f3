namespace Tauro.FeatureStore.Materialized;

/// <summary>Hands what a written Parquet file holds over to the table's log.</summary>
internal static class FileStatistics
{
    public static IReadOnlyDictionary<string, DeltaColumnStatistics> ToDelta(ParquetFileStatistics statistics, IReadOnlyList<StoredColumn> columns)
    {
        var byName = new Dictionary<string, DeltaColumnStatistics>();
        for (var i = 0; i < columns.Count; i++) byName[columns[i].Name] = ToDelta(statistics.Columns[i], columns[i].Type);
        return byName;
    }

    public static DeltaColumnStatistics ToDelta(ParquetColumnStatistics column, DataType type) => new(
        column.NullCount,
        column.Bounds is { } least ? ToDelta(least.Min, type) : null,
        column.Bounds is { } greatest ? ToDelta(greatest.Max, type) : null);

    private static StatisticValue ToDelta(ParquetBound bound, DataType type) => type.Kind switch
    {
        DataTypeKind.Float or DataTypeKind.Double => StatisticValue.Double(bound.Number),
        DataTypeKind.Decimal => StatisticValue.Decimal(bound.Unscaled, type.Scale),
        DataTypeKind.String => StatisticValue.Text(bound.Utf8.Span),
        _ => StatisticValue.Integer(bound.Integer),
    };
}
