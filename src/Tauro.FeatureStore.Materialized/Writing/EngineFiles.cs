using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// The folder of one write by an engine, within that of the table. The engine has checked the rows; what the files say of themselves is checked here, so that a table
/// stays sound whatever an engine does.
/// </summary>
internal sealed class EngineFiles(GroupFolder folder)
{
    private const string Prefix = "engine-";

    private readonly string _name = $"{Prefix}{Guid.NewGuid():n}";

    /// <summary>The folder by the path that an engine knows.</summary>
    public string FullPath => folder.Storage.FullPath(Path);

    private string Path => $"{folder.Path}/{_name}";

    /// <summary>The folders of all writes by engines to a table, by their names.</summary>
    public static IEnumerable<string> Folders(GroupFolder folder) => folder.Storage.ListFolders(folder.Path).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>The files of all writes by engines to a table, whether or not a commit names them, by their paths from its folder.</summary>
    public static IEnumerable<StoredFile> List(GroupFolder folder) =>
        Folders(folder).SelectMany(name => folder.Storage.ListAll($"{folder.Path}/{name}").Select(file => file with { Name = $"{name}/{file.Name}" }));

    /// <summary>Looks at a file, and makes it durable.</summary>
    /// <param name="file">The file.</param>
    /// <param name="schema">The group.</param>
    /// <param name="columns">The columns that it must have.</param>
    /// <param name="range">The range in which its event times must be; null for any.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    public async Task<DeltaNewFile> OpenAsync(
        PlanFile file, FeatureGroupSchema schema, IReadOnlyList<StoredColumn> columns, BackfillRange? range, CancellationToken cancellationToken)
    {
        var path = $"{Path}/{file.Name}";
        var statistics = new Dictionary<string, DeltaColumnStatistics>();
        var stream = folder.Storage.OpenRead(path);
        var size = stream.Length;
        var reader = await ParquetFileReader.OpenAsync(stream, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            if (reader.RowCount != file.Rows)
                throw new FeatureMaterializationException(string.Create(CultureInfo.InvariantCulture,
                    $"The file '{file.Name}' for '{schema.QualifiedName}' has {reader.RowCount} rows, and the engine wrote {file.Rows}. Check that the engine and this process see the same folder."))
                {
                    FeatureGroup = schema.Name,
                };
            foreach (var column in columns)
            {
                reader.CheckColumn(column.Name, column.Type);
                if (reader.FindStatistics(column.Name) is not { } known) continue;
                if (!column.Nullable && known.NullCount > 0)
                    throw IncomingRows.Refused(schema, column.Name, null, $"the {column.RoleIn(schema)} '{column.Name}' is null, and it cannot be");
                if (column.Name == schema.TimestampKey && range is not null && known.Bounds is { } times && !range.MayHold(times))
                    throw IncomingRows.Refused(schema, column.Name, null, $"an event time '{column.Name}' is outside of the range of the backfill");
                statistics[column.Name] = FileStatistics.ToDelta(known, column.Type);
            }
        }

        folder.Storage.Keep(path);
        return new DeltaNewFile($"{_name}/{file.Name}", size, file.Rows, statistics) { Run = _name };
    }

    /// <summary>Deletes the folder and all that is in it.</summary>
    public void Delete() => folder.Storage.DeleteFolder(Path);
}
