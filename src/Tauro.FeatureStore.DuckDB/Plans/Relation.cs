using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>A source as DuckDB sees it.</summary>
/// <param name="From">What stands after FROM.</param>
/// <param name="Sequence">The write sequence of a row.</param>
/// <param name="Created">The created time of a row as the source itself knows it, in microseconds; null where all rows were known from the beginning.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The columns that there are, with the types that they have there.</param>
/// <param name="Parameters">What the texts refer to.</param>
internal sealed record Relation(
    string From, string Sequence, string? Created, long Rows, IReadOnlyDictionary<string, DuckDBType> Columns, IReadOnlyDictionary<string, object?> Parameters)
{
    private const string Files = "files";
    private const string FileCreated = "file_created";
    private const string FileSequence = "file_sequence";

    /// <summary>The bits of a write sequence that hold the place of a row in its file.</summary>
    private const int RowBits = 40;

    /// <summary>
    /// Columns are found by name in every file, null in a file that lacks one. Folders named <c>a=b</c> are only folders, and a text without the mark of one is one.
    /// </summary>
    private static readonly string ReadFiles =
        $"read_parquet(CAST({Parameter(Files)} AS VARCHAR[]), union_by_name => true, hive_partitioning => false, binary_as_string => true)";

    /// <summary>A source without rows, and so without columns.</summary>
    private static readonly Relation Nothing = new(
        "(SELECT 0 AS \"__nothing\" WHERE false)", "CAST(0 AS BIGINT)", null, 0, new Dictionary<string, DuckDBType>(), new Dictionary<string, object?>());

    /// <summary>Parquet files, in the order of their writing.</summary>
    public static Relation OfFiles(ParquetSource source, DuckDBSession session)
    {
        if (source.Files.Count == 0) return Nothing;
        var parameters = new Dictionary<string, object?>
        {
            [Files] = source.Files.Select(file => DuckDBDialect.LiteralPath(file.Path)).ToArray(),
            [FileCreated] = source.Files.Select(file => file.CreatedTime).ToArray(),
        };
        var columns = ColumnsOf(session, ReadFiles, parameters);
        foreach (var virtualColumn in (string[])["file_index", "file_row_number"])
            if (columns.ContainsKey(virtualColumn))
                throw new DuckDBEngineException($"The files have a column '{virtualColumn}', which hides DuckDB's own of that name; give it another name.", interrupted: false);
        var (sequence, created) = ($"((CAST(file_index AS BIGINT) << {RowBits}) | file_row_number)", OfFile(FileCreated));
        if (source.MixesCommits)
        {
            // Where columns hold both, they stand in some of the files only, and are null in the others.
            parameters[FileSequence] = source.Files.Select(file => file.FirstSequence).ToArray();
            sequence = $"coalesce({Column(ParquetSource.SequenceColumn)}, {OfFile(FileSequence)} + file_row_number)";
            created = $"coalesce({Column(ParquetSource.CreatedTimeColumn)}, {created})";
        }

        return new Relation(
            ReadFiles,
            sequence,
            created,
            source.Files.Sum(file => file.Rows),
            columns,
            parameters);
    }

    /// <summary>A table that was imported under a name.</summary>
    public static Relation OfTable(string name, long rows, DuckDBSession session)
    {
        var from = DuckDBDialect.Instance.Identifier(name);
        return new Relation(from, $"CAST({DuckDBDialect.Instance.Identifier(Names.Row)} AS BIGINT)", null, rows, ColumnsOf(session, from, null), new Dictionary<string, object?>());
    }

    private static string OfFile(string list) => $"CAST({Parameter(list)} AS BIGINT[])[CAST(file_index AS BIGINT) + 1]";

    private static string Column(string name) => DuckDBDialect.Instance.Identifier(name);

    private static Dictionary<string, DuckDBType> ColumnsOf(DuckDBSession session, string from, IReadOnlyDictionary<string, object?>? parameters)
    {
        using var cursor = session.Open($"SELECT * FROM {from} LIMIT 0", parameters);
        var columns = new Dictionary<string, DuckDBType>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < cursor.ColumnTypes.Count; i++) columns.TryAdd(cursor.Schema.GetFieldByIndex(i).Name, cursor.ColumnTypes[i]);
        return columns;
    }

    private static string Parameter(string name) => DuckDBDialect.Instance.Parameter(name);
}
