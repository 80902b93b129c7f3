using Tauro.FeatureStore.Engines;

namespace Tauro.FeatureStore;

/// <summary>Something that a caller's SQL may read under a name. Immutable.</summary>
public abstract record DuckDBSource
{
    private const string DeltaPrefix = "delta:";

    private protected DuckDBSource()
    {
    }

    /// <summary>Parquet files, as one table. Columns are found by name in each.</summary>
    /// <param name="paths">Paths, or patterns such as <c>silver/users/*.parquet</c>.</param>
    public static DuckDBSource Parquet(params IReadOnlyList<string> paths) => new FileSource("read_parquet", Check(paths));

    /// <summary>CSV files with a header, as one table. DuckDB finds their types by looking.</summary>
    /// <param name="paths">Paths, or patterns such as <c>silver/users/*.csv</c>.</param>
    public static DuckDBSource Csv(params IReadOnlyList<string> paths) => new FileSource("read_csv", Check(paths));

    /// <summary>JSON files, as one table: an object on each line, or arrays of objects. DuckDB finds their types by looking.</summary>
    /// <param name="paths">Paths, or patterns such as <c>silver/users/*.json</c>.</param>
    public static DuckDBSource Json(params IReadOnlyList<string> paths) => new FileSource("read_json", Check(paths));

    /// <summary>
    /// A Delta table, whoever wrote it, read through its log. Each query sees the newest version that there is when it begins, and that version alone. Partition columns
    /// are columns like the others.
    /// </summary>
    /// <remarks>
    /// No extension of DuckDB is needed. A table that needs a reader feature, such as deletion vectors or column mapping, is refused with an
    /// <see cref="UnsupportedTableException"/> when a query names it.
    /// </remarks>
    /// <param name="path">The table's folder, in which <c>_delta_log</c> lies.</param>
    public static DuckDBSource Delta(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new DeltaSource(path);
    }

    /// <summary>A table in memory. Its rows are copied into DuckDB when the executor first runs a caller's SQL, and it must not be disposed before.</summary>
    /// <param name="table">The rows.</param>
    public static DuckDBSource Table(FeatureTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new MemorySource(table);
    }

    /// <summary>A DuckDB database file, attached for reading under a name without a dot: its tables are <c>name.table</c>.</summary>
    /// <param name="path">The path of the file.</param>
    public static DuckDBSource Database(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new DatabaseSource(path);
    }

    /// <summary>
    /// Files or a database, known by the ending of the path: <c>.parquet</c>, <c>.csv</c>, <c>.json</c>, <c>.jsonl</c>, <c>.ndjson</c>, <c>.duckdb</c> or <c>.db</c>; or a
    /// Delta table, whose folder stands after <c>delta:</c>.
    /// </summary>
    /// <param name="path">A path, a pattern such as <c>silver/users/*.parquet</c>, or a folder such as <c>delta:silver/users</c>.</param>
    /// <exception cref="FormatException">The path has another ending.</exception>
    public static DuckDBSource Parse(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (path.StartsWith(DeltaPrefix, StringComparison.OrdinalIgnoreCase) && !string.IsNullOrWhiteSpace(path[DeltaPrefix.Length..])) return Delta(path[DeltaPrefix.Length..]);
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PARQUET" => Parquet(path),
            ".CSV" => Csv(path),
            ".JSON" or ".JSONL" or ".NDJSON" => Json(path),
            ".DUCKDB" or ".DB" => Database(path),
            _ => throw new FormatException("The path of a source ends in .parquet, .csv, .json, .jsonl, .ndjson, .duckdb or .db, by which it is known, or it is delta: and the folder of a Delta table. Make another source in code."),
        };
    }

    private static ValueList<string> Check(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (var path in paths) ArgumentException.ThrowIfNullOrWhiteSpace(path, nameof(paths));
        return paths.Count == 0 ? throw new ArgumentException("A source of files names at least one path.", nameof(paths)) : ValueList.Of(paths);
    }
}
