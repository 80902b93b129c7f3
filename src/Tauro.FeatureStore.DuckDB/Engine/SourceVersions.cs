using System.Collections.Concurrent;
using System.Globalization;
using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore.Engines;

/// <summary>What can be seen of declared sources without reading them: their files, and how often a table in memory was declared.</summary>
internal sealed class SourceVersions(IReadOnlyDictionary<string, DuckDBSource> declared)
{
    /// <summary>Of a folder with more files nothing is said: to look at all of them would take longer than a query.</summary>
    private const int MostFiles = 10_000;

    private readonly ConcurrentDictionary<string, int> _tables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes that a table in memory is another one from now on.</summary>
    public void Changed(string name) => _tables.AddOrUpdate(name, 1, static (_, version) => version + 1);

    /// <summary>A text that changes with the sources of some names; a table of an attached database is <c>name.table</c>.</summary>
    public string Find(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var versions = new List<string>();
        foreach (var name in names.Order(StringComparer.OrdinalIgnoreCase))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_tables.TryGetValue(name, out var version)) versions.Add(string.Create(CultureInfo.InvariantCulture, $"{name}#{version}"));
            foreach (var (key, source) in declared)
                if (key.Equals(name, StringComparison.OrdinalIgnoreCase) || (source is DatabaseSource && name.StartsWith($"{key}.", StringComparison.OrdinalIgnoreCase)))
                    versions.AddRange(FilesOf(source).Take(MostFiles).Select(Describe));
        }

        return string.Join('\n', versions);
    }

    private static IEnumerable<FileInfo> FilesOf(DuckDBSource source) => source switch
    {
        DatabaseSource database => [new FileInfo(database.Path), new FileInfo($"{database.Path}.wal")],
        DeltaSource delta => NewestCommit(delta),
        FileSource files => DeclaredSources.PathsOf([files]).SelectMany(path => Directory.Exists(path)
            ? new DirectoryInfo(path).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            : [new FileInfo(path)]),
        _ => [],
    };

    /// <summary>Each version of a Delta table is a file of its log, whose names have the order of the versions.</summary>
    private static IEnumerable<FileInfo> NewestCommit(DeltaSource table)
    {
        var log = new DirectoryInfo(Path.Combine(table.Path, DeltaFileName.Folder));
        return log.Exists && log.EnumerateFiles("*.json").Where(file => DeltaFileName.TryParseCommit(file.Name, out _)).MaxBy(file => file.Name, StringComparer.Ordinal) is { } newest
            ? [newest]
            : [];
    }

    private static string Describe(FileInfo file) => file.Exists
        ? string.Create(CultureInfo.InvariantCulture, $"{file.FullName}:{file.Length}:{file.LastWriteTimeUtc.Ticks}")
        : file.FullName;
}
