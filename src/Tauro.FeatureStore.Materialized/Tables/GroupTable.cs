using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The table of one version of a group: a folder with Parquet files and the log that says which of them count.</summary>
internal sealed class GroupTable
{
    private readonly GroupFolder _folder;
    private volatile DeltaSnapshot? _known;

    public GroupTable(IFileStorage storage, FeatureGroupSchema schema, TimeProvider clock)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{schema.Name}/v{schema.Version}");
        _folder = new GroupFolder(storage, path, new DeltaLog(storage, path, schema.QualifiedName, clock));
    }

    /// <summary>How many rows of a stream are in memory at once.</summary>
    public int RowsOfStream { get; init; } = SortedFileWriter.RowsOfStream;

    /// <summary>The newest snapshot; null where the group was never written. One look for a file where nothing is new.</summary>
    public async Task<DeltaSnapshot?> ReadSnapshotAsync(CancellationToken cancellationToken)
    {
        var snapshot = await _folder.Log.ReadSnapshotAsync(version: null, _known, cancellationToken).ConfigureAwait(false);
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
                _folder.Storage.FullPath($"{_folder.Path}/{file.Path}"), file.Rows ?? 0, file.Size, file.CreatedTimeMicros)
            {
                FirstSequence = file.FirstSequence,
                MixesCommits = file.MixesCommits,
            }),
        ];
        return new GroupSnapshot(new ParquetSource(files), StoredKeyTypes(schema, snapshot)!);
    }

    /// <summary>Writes rows in one commit.</summary>
    /// <param name="schema">The group.</param>
    /// <param name="rows">The rows, piece by piece; each piece is used before the next is asked for.</param>
    /// <param name="options">How they are written.</param>
    /// <param name="isStream">Whether the rows may be more than memory holds.</param>
    /// <param name="cancellationToken">Stops the write; nothing is written then.</param>
    public async Task<WriteResult> WriteAsync(
        FeatureGroupSchema schema, IAsyncEnumerable<FeatureTable> rows, WriteOptions options, bool isStream, CancellationToken cancellationToken)
    {
        var start = await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false);
        if (start is not null && options.TransactionId is { } id && start.Transactions.ContainsKey(id))
            return new WriteResult(schema.QualifiedName, start.Version, 0, UtcTime.ToDateTimeOffset(start.LastCreatedTimeMicros), AlreadyWritten: true);
        using var write = new TableWrite(_folder, start, schema, options, isStream ? RowsOfStream : SortedFileWriter.RowsInMemory);
        await foreach (var piece in rows.WithCancellation(cancellationToken).ConfigureAwait(false)) await write.AddAsync(piece, cancellationToken).ConfigureAwait(false);
        var result = await write.CommitAsync(cancellationToken).ConfigureAwait(false);
        Remember(write.Committed);
        return result;
    }

    /// <summary>Begins a write of files that an engine makes.</summary>
    public async Task<TableWrite> BeginFilesAsync(FeatureGroupSchema schema, WriteOptions options, CancellationToken cancellationToken) =>
        new(_folder, await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false), schema, options, RowsOfStream);

    /// <summary>Lets an engine write files, checks what they hold, and commits them.</summary>
    /// <param name="write">The write.</param>
    /// <param name="writeFiles">Lets the engine write.</param>
    /// <param name="cancellationToken">Stops the engine and the write; nothing is written then.</param>
    public async Task<WriteResult> WriteFilesAsync(TableWrite write, Func<CancellationToken, Task<IReadOnlyList<PlanFile>>> writeFiles, CancellationToken cancellationToken)
    {
        await write.AddFilesAsync(await writeFiles(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var result = await write.CommitAsync(cancellationToken).ConfigureAwait(false);
        Remember(write.Committed);
        return result;
    }

    /// <summary>
    /// Takes all rows and columns out of the table and deletes its files. The log goes on, so that a process that knows an older snapshot finds this one as it
    /// finds any newer one.
    /// </summary>
    /// <returns>Whether there was anything to delete.</returns>
    public async Task<bool> DeleteRowsAsync(CancellationToken cancellationToken)
    {
        // Files that come later are another writer's, of a group that was registered anew.
        List<StoredFile> before = [.. _folder.Storage.List(_folder.Path), .. EngineFiles.List(_folder)];
        var found = before.Count > 0;
        while (await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false) is { } snapshot && (snapshot.Files.Length > 0 || snapshot.Schema.Columns.Count > 0))
        {
            found = true;
            try
            {
                var transaction = _folder.Log.Begin(snapshot, "DELETE GROUP", DeltaDependency.AllRows);
                transaction.SetSchema(new DeltaSchema([]));
                foreach (var file in snapshot.Files) transaction.Remove(file);
                Remember((await transaction.CommitAsync(cancellationToken).ConfigureAwait(false)).Snapshot);
            }
            catch (WriteConflictException)
            {
                // Whatever came between goes, too.
            }
        }

        // Old commits hold statistics of what was deleted.
        if (found && _known is { } empty) await _folder.Log.CheckpointAsync(empty, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false);
        foreach (var file in before) _folder.Storage.Delete($"{_folder.Path}/{file.Name}");
        foreach (var name in EngineFiles.Folders(_folder).Where(name => _folder.Storage.ListAll($"{_folder.Path}/{name}").Count == 0)) _folder.Storage.DeleteFolder($"{_folder.Path}/{name}");
        return found;
    }

    /// <summary>The snapshot of a version, or of the version that was the newest at a moment; refused where the log or the files no longer reach back to it.</summary>
    public async Task<DeltaSnapshot?> ReadSnapshotAsOfAsync(long? version, DateTimeOffset? moment, CancellationToken cancellationToken)
    {
        var newest = await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false);
        if (moment is { } at) version = await _folder.Log.FindVersionAsync(UtcTime.FromDateTimeOffset(at), newest, cancellationToken).ConfigureAwait(false);
        if (moment is not null && version is null && newest is not null)
        {
            var history = await _folder.Log.ReadHistoryAsync(newest, cancellationToken).ConfigureAwait(false);
            return history[0].Version == 0 ? null : throw _folder.Log.Table.Refused($"its log no longer goes back to {moment:O}; older commits were cleaned up.");
        }

        if (newest is null)
            return version is null ? null : throw _folder.Log.Table.Refused(string.Create(CultureInfo.InvariantCulture, $"there is no version {version}; the group was never written."));
        var snapshot = version == newest.Version ? newest : await _folder.Log.ReadSnapshotAsync(version, known: null, cancellationToken).ConfigureAwait(false);
        foreach (var file in snapshot!.Files)
            if (!newest.FilesByPath.ContainsKey(file.Path) && !_folder.Storage.Exists($"{_folder.Path}/{file.Path}"))
                throw _folder.Log.Table.Refused(string.Create(CultureInfo.InvariantCulture, $"the files of version {version} were vacuumed; read a newer one."));
        return snapshot;
    }

    /// <summary>All versions that the log still knows, oldest first; none where the group was never written.</summary>
    public async Task<IReadOnlyList<DeltaVersion>> ReadHistoryAsync(CancellationToken cancellationToken) =>
        await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false) is { } snapshot
            ? await _folder.Log.ReadHistoryAsync(snapshot, cancellationToken).ConfigureAwait(false)
            : [];

    /// <summary>Makes the rows of an earlier version those of a new one, each with its created time and its write sequence.</summary>
    public async Task<DeltaSnapshot> RestoreAsync(long version, CancellationToken cancellationToken)
    {
        var wanted = await ReadSnapshotAsOfAsync(version, null, cancellationToken).ConfigureAwait(false);
        var newest = await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false);
        var transaction = _folder.Log.Begin(newest, "RESTORE", DeltaDependency.AllRows);
        if (!newest!.Schema.Extends(wanted!.Schema))
            throw _folder.Log.Table.Refused(string.Create(CultureInfo.InvariantCulture, $"the columns of version {version} do not fit those that it has now."));
        foreach (var file in newest.Files.Where(file => !wanted.FilesByPath.ContainsKey(file.Path))) transaction.Remove(file);
        foreach (var file in wanted.Files.Where(file => !newest.FilesByPath.ContainsKey(file.Path))) transaction.AddBack(file);
        var committed = (await transaction.CommitAsync(cancellationToken).ConfigureAwait(false)).Snapshot;
        Remember(committed);
        return committed;
    }

    /// <summary>Compacts the files; null where there is no table.</summary>
    public async Task<(DeltaSnapshot Before, DeltaSnapshot After)?> CompactAsync(FeatureGroupSchema schema, int rowsPerFile, CancellationToken cancellationToken)
    {
        if (await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false) is not { } before) return null;
        if (before.Files.Length == 0) return (before, before);
        var after = await new Compaction(_folder, schema, rowsPerFile).RunAsync(before, cancellationToken).ConfigureAwait(false);
        Remember(after);
        return (before, after);
    }

    /// <summary>Deletes files that no snapshot since a moment has.</summary>
    public async Task<(int Files, long Bytes)> VacuumAsync(DateTimeOffset keepSince, CancellationToken cancellationToken) =>
        await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false) is { } snapshot ? new Vacuum(_folder).Run(snapshot, keepSince, cancellationToken) : (0, 0);

    /// <summary>Writes a checkpoint of the newest snapshot, and deletes what of the log is older than a moment and covered by one.</summary>
    public async Task CheckpointAsync(DateTimeOffset keepSince, CancellationToken cancellationToken)
    {
        if (await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false) is { } snapshot)
            await _folder.Log.CheckpointAsync(snapshot, keepSince, cancellationToken).ConfigureAwait(false);
    }

    internal static Dictionary<string, DataType>? StoredKeyTypes(FeatureGroupSchema schema, DeltaSnapshot? snapshot)
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
