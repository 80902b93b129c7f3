using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The stored columns in the words of Arrow, Parquet and Delta.</summary>
internal static class StoredSchema
{
    /// <summary>The columns of a file that mixes commits beside those of the table: whence each row comes.</summary>
    private static readonly ParquetColumn[] Origins =
        [new(ParquetSource.CreatedTimeColumn, DataType.BigInt, Nullable: false), new(ParquetSource.SequenceColumn, DataType.BigInt, Nullable: false)];

    public static Schema Of(IReadOnlyList<StoredColumn> columns, bool mixesCommits = false) => new(
        ToParquet(columns, mixesCommits).Select(column => ArrowTypes.ToField(column.Name, column.Type, column.Nullable)), null);

    public static IReadOnlyList<ParquetColumn> ToParquet(IReadOnlyList<StoredColumn> columns, bool mixesCommits) =>
        [.. columns.Select(column => new ParquetColumn(column.Name, column.Type, column.Nullable)), .. mixesCommits ? Origins : []];

    public static DeltaSchema ToDelta(IReadOnlyList<StoredColumn> columns) => new(columns.Select(column => new DeltaColumn(column.Name, column.Type, column.Nullable)));
}
