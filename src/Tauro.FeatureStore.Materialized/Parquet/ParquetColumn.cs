namespace Tauro.FeatureStore.Materialized;

/// <summary>One top-level column of a Parquet file that we write.</summary>
/// <param name="Name">The column's name, written as it is.</param>
/// <param name="Type">The type of its values.</param>
/// <param name="Nullable">Whether a row may be null: optional in Parquet if so, required if not.</param>
internal sealed record ParquetColumn(string Name, DataType Type, bool Nullable);
