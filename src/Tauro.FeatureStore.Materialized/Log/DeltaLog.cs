using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// The transaction log of one group's table. A commit is one file, made only if no file of its name is there: all of a write is visible, or none of it,
/// and of two writers of one version one wins.
/// </summary>
internal sealed class DeltaLog
{
    private readonly IFileStorage _storage;
    private readonly string _folder;
    private readonly TimeProvider _time;

    /// <param name="storage">Where the table lies.</param>
    /// <param name="folder">The table's folder in that storage.</param>
    /// <param name="featureGroup">The group's name, for messages.</param>
    /// <param name="timeProvider">The clock of created times; the system's where null.</param>
    public DeltaLog(IFileStorage storage, string folder, string featureGroup, TimeProvider? timeProvider = null)
    {
        _storage = storage;
        _folder = folder.Length == 0 ? DeltaFileName.Folder : $"{folder}/{DeltaFileName.Folder}";
        _time = timeProvider ?? TimeProvider.System;
        Table = new DeltaTable(featureGroup, storage.FullPath(folder));
    }

    /// <summary>The table as messages name it.</summary>
    public DeltaTable Table { get; }

    /// <summary>The newest snapshot, or that of a version; null where there is no table.</summary>
    /// <param name="version">The version wanted, or null for the newest.</param>
    /// <param name="known">A snapshot of the same table that was read before. Only newer commits are read then; where there are none, that costs one look for a file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<DeltaSnapshot?> ReadSnapshotAsync(long? version, DeltaSnapshot? known, CancellationToken cancellationToken)
    {
        if (version is { } wanted) ArgumentOutOfRangeException.ThrowIfNegative(wanted, nameof(version));
        var start = known?.Version > version ? null : known;
        var commits = await ReadCommitsAsync(start?.Version, version, cancellationToken).ConfigureAwait(false);
        var snapshot = commits.Count == 0 ? start : Replay(start, commits);
        return snapshot is null || version is null || snapshot.Version == version
            ? snapshot
            : throw Table.Refused(string.Create(CultureInfo.InvariantCulture, $"there is no version {version}; its versions are 0 to {snapshot.Version}."));
    }

    /// <summary>The version that was the newest at a moment (microseconds since 1970); null where there was none yet.</summary>
    public async Task<long?> FindVersionAsync(long timestampMicros, DeltaSnapshot? known, CancellationToken cancellationToken)
    {
        var newest = await ReadSnapshotAsync(null, known, cancellationToken).ConfigureAwait(false);
        return newest?.VersionAsOf(timestampMicros);
    }

    /// <summary>Makes a version of the table, whole and durable before this returns; false where another writer has made it.</summary>
    public async Task<bool> TryCommitAsync(long version, IReadOnlyList<DeltaAction> actions, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        ArgumentOutOfRangeException.ThrowIfZero(actions.Count, nameof(actions));
        if (version > 0 && !_storage.Exists(PathOf(version - 1)))
            throw Table.Damaged(string.Create(CultureInfo.InvariantCulture,
                $"version {version} cannot be committed, because version {version - 1} is not there. Restore the log."));
        return await _storage.TryCreateAsync(PathOf(version), DeltaActionWriter.Write(actions), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins a write.</summary>
    /// <param name="start">The snapshot that the write was computed from; null to make the table.</param>
    /// <param name="operation">What is done, as the table's history names it.</param>
    /// <param name="dependency">What of the snapshot the write depends on.</param>
    public DeltaTransaction Begin(DeltaSnapshot? start, string operation, DeltaDependency dependency = DeltaDependency.Nothing) =>
        new(this, _time, start, operation, dependency);

    /// <summary>The commits after a version (all, where null) up to a version (the newest, where null).</summary>
    internal async Task<IReadOnlyList<DeltaCommit>> ReadCommitsAsync(long? after, long? last, CancellationToken cancellationToken)
    {
        var next = after + 1 ?? 0;
        if (after is not null && (next > last || !_storage.Exists(PathOf(next)))) return [];
        var listing = new Lazy<IReadOnlyList<StoredFile>>(() => _storage.List(_folder), LazyThreadSafetyMode.None);
        if (after is null && FindNewest(listing.Value) is { } newest) last = Math.Min(last ?? newest, newest);
        else if (after is null) return [];

        var commits = new List<DeltaCommit>();
        for (; last is null || next <= last; next++)
        {
            var name = DeltaFileName.Commit(next);
            var content = await _storage.ReadAsync(PathOf(next), cancellationToken).ConfigureAwait(false);
            if (content is null && after is not null) break;
            if (content is null) throw Table.Damaged($"the commit '{name}' is missing between others. Restore that file of the log.");
            var actions = DeltaActionReader.Read(Table, name, content);
            // The listing may be older than the commit.
            var modified = DeltaCommit.StatesItsTime(actions) ? (DateTimeOffset?)null
                : (listing.Value.FirstOrDefault(file => file.Name == name) ?? _storage.List(_folder).First(file => file.Name == name)).Modified;
            commits.Add(new DeltaCommit(next, actions, modified));
        }

        return commits;
    }

    internal DeltaSnapshot Replay(DeltaSnapshot? start, IReadOnlyList<DeltaCommit> commits)
    {
        var replay = new DeltaReplay(Table, start);
        foreach (var commit in commits) replay.Apply(commit);
        return replay.ToSnapshot();
    }

    /// <summary>The newest version of a listing, or null where the folder is no log. Commits are read one by one from the first, so that must be there.</summary>
    private long? FindNewest(IReadOnlyList<StoredFile> listing)
    {
        long? newest = null;
        var hasFirst = false;
        foreach (var file in listing)
        {
            if (!DeltaFileName.TryParseCommit(file.Name, out var version)) continue;
            newest = Math.Max(newest ?? version, version);
            hasFirst |= version == 0;
        }

        if (hasFirst) return newest;
        if (listing.Any(file => DeltaFileName.IsCheckpoint(file.Name)))
            throw Table.Unsupported("the first commits of its log were removed, and what is left begins with a checkpoint, which this library does not read yet. "
                + "Give a copy of the table whose log is complete.");
        return newest is null ? null : throw Table.Damaged($"the commit '{DeltaFileName.Commit(0)}' is missing. Restore that file of the log.");
    }

    private string PathOf(long version) => $"{_folder}/{DeltaFileName.Commit(version)}";
}
