using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore.Engines;

/// <summary>One version of a Delta table as a query over its files.</summary>
internal static class DeltaViewSql
{
    private const string File = "__file";
    private const string FileIndex = "file_index";

    /// <summary>The columns of the table's schema in its order; what else the files hold is not shown.</summary>
    /// <param name="table">The table as messages name it.</param>
    /// <param name="folder">The table's folder.</param>
    /// <param name="version">The version.</param>
    public static string Render(DeltaTable table, string folder, DeltaVersionFiles version)
    {
        var schema = DeltaSchemaJson.Read(table, version.Metadata!.SchemaString);
        DeltaAdd[] files = [.. version.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal)];
        var partitions = version.Metadata.PartitionColumns;
        if (partitions.Count > 0 && schema.Find(FileIndex) is not null)
            throw table.Unsupported($"it is partitioned, and its column '{FileIndex}' hides the one by which DuckDB tells files apart. Give the column another name.");

        var nothing = $"SELECT {string.Join(", ", schema.Columns.Select(column => $"CAST(NULL AS {Type(column)}) AS {Id(column.Name)}"))} WHERE false";
        if (files.Length == 0) return nothing;
        var columns = schema.Columns.Select(column =>
            $"CAST({(partitions.Contains(column.Name, StringComparer.OrdinalIgnoreCase) ? OfFile(files, column) : Id(column.Name))} AS {Type(column)}) AS {Id(column.Name)}");

        // A column may be in none of the files: it was added after they were written.
        return $"""
            SELECT {string.Join(", ", columns)}
            FROM (
            SELECT *{(partitions.Count > 0 ? $", CAST({FileIndex} AS BIGINT) AS {Id(File)}" : "")}
            FROM read_parquet({List(files.Select(file => DuckDBDialect.LiteralPath(Path.Combine(folder, file.Path))))}, union_by_name => true, hive_partitioning => false, binary_as_string => true)
            UNION ALL BY NAME
            {nothing}
            )
            """;
    }

    /// <summary>The value of a partition column by the place of its file. The protocol writes values as text, and null as nothing or as an empty text.</summary>
    private static string OfFile(DeltaAdd[] files, DeltaColumn column) =>
        $"(CAST({List(files.Select(file => ValueOf(file, column.Name)))} AS VARCHAR[]))[{Id(File)} + 1]";

    private static string? ValueOf(DeltaAdd file, string column) =>
        file.PartitionValues.FirstOrDefault(value => value.Key.Equals(column, StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } value ? value : null;

    private static string List(IEnumerable<string?> texts) => $"[{string.Join(", ", texts.Select(text => text is null ? "NULL" : DuckDBDialect.Instance.TextLiteral(text)))}]";

    private static string Type(DeltaColumn column) => DuckDBDialect.Instance.TypeName(column.Type);

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);
}
