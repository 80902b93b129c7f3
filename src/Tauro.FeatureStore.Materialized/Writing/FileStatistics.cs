namespace Tauro.FeatureStore.Materialized;

/// <summary>Hands what a written Parquet file holds over to the table's log.</summary>
internal static class FileStatistics
{
    public static IReadOnlyDictionary<string, DeltaColumnStatistics> ToDelta(ParquetFileStatistics statistics, IReadOnlyList<StoredColumn> columns)
    {
        var byName = new Dictionary<string, DeltaColumnStatistics>();
        for (var i = 0; i < columns.Count; i++)
        {
            var column = statistics.Columns[i];
            byName[column.Name] = new DeltaColumnStatistics(
                column.NullCount,
                column.Bounds is { } least ? ToDelta(least.Min, columns[i].Type) : null,
                column.Bounds is { } greatest ? ToDelta(greatest.Max, columns[i].Type) : null);
        }

        return byName;
    }

    private static StatisticValue ToDelta(ParquetBound bound, DataType type) => type.Kind switch
    {
        DataTypeKind.Float or DataTypeKind.Double => StatisticValue.Double(bound.Number),
        DataTypeKind.Decimal => StatisticValue.Decimal(bound.Unscaled, type.Scale),
        DataTypeKind.String => StatisticValue.Text(bound.Utf8.Span),
        _ => StatisticValue.Integer(bound.Integer),
    };
}
