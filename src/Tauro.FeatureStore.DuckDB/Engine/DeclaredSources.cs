namespace Tauro.FeatureStore.Engines;

/// <summary>Files that one of DuckDB's functions reads.</summary>
internal sealed record FileSource(string Function, IReadOnlyList<string> Paths) : DuckDBSource;

/// <summary>A table in memory.</summary>
internal sealed record MemorySource(FeatureTable Rows) : DuckDBSource;

/// <summary>A DuckDB database file.</summary>
internal sealed record DatabaseSource(string Path) : DuckDBSource;

/// <summary>The folder of a Delta table.</summary>
internal sealed record DeltaSource(string Path) : DuckDBSource;

/// <summary>Makes declared sources tables of the database in which a caller's SQL runs.</summary>
internal static class DeclaredSources
{
    /// <summary>The parts of a source's name.</summary>
    /// <exception cref="SchemaValidationException">It is no name of a source.</exception>
    public static string[] Name(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string[] parts = [.. name.Split('.').Select(part => Identifier.Check(part, "part of a source name"))];
        return parts.Length <= 2 ? parts : throw new SchemaValidationException($"'{name}' cannot be the name of a source: write table or schema.table.");
    }

    /// <summary>Makes a source a table. Files are only named here, and read by each query; <see cref="DeltaViews"/> follows Delta tables.</summary>
    public static void Declare(string name, DuckDBSource source, DuckDBSession session)
    {
        var parts = Name(name);
        var quoted = Quoted(name);
        if (source is DatabaseSource database)
        {
            if (parts.Length > 1) throw new SchemaValidationException($"'{name}' cannot be the name of a database: it has no dot, and its tables are {parts[0]}.table.");
            session.Execute($"ATTACH {Text(System.IO.Path.GetFullPath(database.Path))} AS {quoted} (READ_ONLY)");
            return;
        }

        if (parts.Length > 1) session.Execute($"CREATE SCHEMA IF NOT EXISTS {Id(parts[0])}");
        if (source is MemorySource memory) session.Declare(memory.Rows, quoted, Names.Row);
        if (source is FileSource files)
            session.Execute($"CREATE VIEW {quoted} AS SELECT * FROM {files.Function}([{string.Join(", ", files.Paths.Select(path => Text(System.IO.Path.GetFullPath(path))))}]{Options(files)})");
    }

    /// <summary>The name of a source as SQL writes it.</summary>
    public static string Quoted(string name) => string.Join('.', Name(name).Select(Id));

    /// <summary>What of the file system the sources read: files, and the folders in which patterns look.</summary>
    public static IEnumerable<string> PathsOf(IEnumerable<DuckDBSource> sources)
    {
        foreach (var table in sources.OfType<DeltaSource>()) yield return table.Path;
        foreach (var path in sources.OfType<FileSource>().SelectMany(source => source.Paths))
        {
            var pattern = path.AsSpan().IndexOfAny('*', '?', '[');
            yield return pattern < 0 ? path : System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path[..pattern] + "_"))!;
        }
    }

    private static string Options(FileSource files) => files.Function == "read_parquet" ? ", union_by_name => true" : "";

    private static string Text(string text) => DuckDBDialect.Instance.TextLiteral(text);

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);
}
