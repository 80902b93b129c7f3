using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The table of one version of a group: a folder with Parquet files and the log that says which of them count.</summary>
internal sealed class GroupTable
{
    private readonly IFileStorage _storage;
    private readonly string _folder;
    private readonly DeltaLog _log;
    private volatile DeltaSnapshot? _known;

    public GroupTable(IFileStorage storage, FeatureGroupSchema schema, TimeProvider clock)
    {
        _storage = storage;
        _folder = string.Create(CultureInfo.InvariantCulture, $"{schema.Name}/v{schema.Version}");
        _log = new DeltaLog(storage, _folder, schema.QualifiedName, clock);
    }

    /// <summary>The newest snapshot; null where the group was never written. One look for a file where nothing is new.</summary>
    public async Task<DeltaSnapshot?> ReadSnapshotAsync(CancellationToken cancellationToken)
    {
        var snapshot = await _log.ReadSnapshotAsync(version: null, _known, cancellationToken).ConfigureAwait(false);
        Remember(snapshot);
        return snapshot;
    }

    /// <summary>The rows of a snapshot as a plan reads them.</summary>
    public GroupSnapshot ToSource(FeatureGroupSchema schema, DeltaSnapshot? snapshot)
    {
        if (snapshot is null) return new GroupSnapshot(new ParquetSource([]), new Dictionary<string, DataType>());
        ParquetSourceFile[] files =
        [
            .. snapshot.Files.Select(file => new ParquetSourceFile(
                _storage.FullPath($"{_folder}/{file.Path}"), file.Rows ?? 0, file.Size, file.CreatedTimeMicros, file.FirstSequence, file.MixesCommits)),
        ];
        return new GroupSnapshot(new ParquetSource(files), StoredKeyTypes(schema, snapshot)!);
    }

    /// <summary>Writes checked rows in one commit.</summary>
    public async Task<WriteResult> WriteAsync(FeatureGroupSchema schema, FeatureTable rows, WriteMode mode, CancellationToken cancellationToken)
    {
        var start = await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false);
        var keyTypes = IncomingRows.KeyTypes(schema, rows, StoredKeyTypes(schema, start));
        var columns = StoredColumn.All(schema, keyTypes);
        var batches = IncomingRows.Check(schema, columns, rows);
        try
        {
            var writer = new SortedFileWriter(_storage, _folder, schema, columns);
            var files = await writer.WriteAsync(batches, cancellationToken).ConfigureAwait(false);
            try
            {
                var committed = await CommitAsync(start, schema, columns, files, mode, cancellationToken).ConfigureAwait(false);
                Remember(committed);
                return new WriteResult(schema.QualifiedName, committed.Version, rows.RowCount, UtcTime.ToDateTimeOffset(committed.LastCreatedTimeMicros));
            }
            catch
            {
                writer.Delete(files);
                throw;
            }
        }
        finally
        {
            foreach (var batch in batches) batch.Dispose();
        }
    }

    private async Task<DeltaSnapshot> CommitAsync(
        DeltaSnapshot? start, FeatureGroupSchema schema, IReadOnlyList<StoredColumn> columns, IReadOnlyList<DeltaNewFile> files, WriteMode mode,
        CancellationToken cancellationToken)
    {
        var replaces = mode == WriteMode.Overwrite;
        var transaction = _log.Begin(start, "WRITE", replaces ? DeltaDependency.AllRows : DeltaDependency.Nothing);
        var stored = new DeltaSchema(columns.Select(column => new DeltaColumn(column.Name, column.Type, column.Nullable)));
        if (start is null || start.Schema != stored) transaction.SetSchema(stored, description: schema.Description);
        if (replaces && start is not null)
            foreach (var file in start.Files) transaction.Remove(file);
        foreach (var file in files) transaction.Add(file);
        return (await transaction.CommitAsync(cancellationToken).ConfigureAwait(false)).Snapshot;
    }

    private static Dictionary<string, DataType>? StoredKeyTypes(FeatureGroupSchema schema, DeltaSnapshot? snapshot)
    {
        if (snapshot is null) return null;
        var types = new Dictionary<string, DataType>();
        foreach (var key in schema.EntityKeys)
            if (snapshot.Schema.Find(key.Name) is { } column) types[key.Name] = column.Type;
        return types;
    }

    /// <summary>Keeps the newest snapshot, whichever of several readers comes last.</summary>
    private void Remember(DeltaSnapshot? snapshot)
    {
        if (snapshot is not null && (_known is not { } known || known.Version < snapshot.Version)) _known = snapshot;
    }
}
