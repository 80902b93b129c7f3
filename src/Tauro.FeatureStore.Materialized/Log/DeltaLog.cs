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
    private readonly DeltaCheckpoints _checkpoints;

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
        _checkpoints = new DeltaCheckpoints(storage, _folder, Table);
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
        var snapshot = start is null
            ? await ReadFromBeginAsync(version, cancellationToken).ConfigureAwait(false)
            : Replay(start, await ReadCommitsAsync(start.Version, version, cancellationToken).ConfigureAwait(false));
        return snapshot is null || version is null || snapshot.Version == version
            ? snapshot
            : throw Table.Refused(string.Create(CultureInfo.InvariantCulture, $"there is no version {version}; its versions are 0 to {snapshot.Version}."));
    }

    /// <summary>The version that was the newest at a moment (microseconds since 1970); null where there was none yet, or the log no longer tells.</summary>
    public async Task<long?> FindVersionAsync(long timestampMicros, DeltaSnapshot? known, CancellationToken cancellationToken)
    {
        var newest = await ReadSnapshotAsync(null, known, cancellationToken).ConfigureAwait(false);
        if (newest?.VersionAsOf(timestampMicros) is { } recent) return recent;
        if (newest is null || newest.History[0].Version == 0) return null;
        return (await ReadHistoryAsync(newest, cancellationToken).ConfigureAwait(false)).LastOrDefault(version => version.CreatedTimeMicros <= timestampMicros)?.Version;
    }

    /// <summary>All versions up to a snapshot's that the log still has, oldest first.</summary>
    public async Task<IReadOnlyList<DeltaVersion>> ReadHistoryAsync(DeltaSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.History[0].Version == 0) return snapshot.History;
        var oldest = snapshot.History[0].Version;
        foreach (var file in _storage.List(_folder))
            if (DeltaFileName.TryParseCommit(file.Name, out var version)) oldest = Math.Min(oldest, version);
        var older = new List<DeltaVersion>();
        foreach (var commit in await ReadCommitsAsync(oldest - 1, snapshot.History[0].Version - 1, cancellationToken).ConfigureAwait(false))
            older.Add(new DeltaVersion(commit.Version, commit.CreatedTimeMicros(older.Count > 0 ? older[^1].CreatedTimeMicros : null), commit.Info?.Operation));
        return [.. older, .. snapshot.History];
    }

    /// <summary>Writes a checkpoint of a snapshot, and deletes what of the log is older than a moment and covered by a checkpoint.</summary>
    public async Task CheckpointAsync(DeltaSnapshot snapshot, DateTimeOffset keepSince, CancellationToken cancellationToken)
    {
        await _checkpoints.WriteAsync(snapshot, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        _checkpoints.CleanUp(keepSince);
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

    /// <summary>Whether a version is that of an attempt, or cannot be looked at.</summary>
    public async Task<bool> MayHoldAsync(long version, string attempt)
    {
        try
        {
            return await ReadCommitAsync(version, CancellationToken.None).ConfigureAwait(false) is { } commit && commit.Info?.TransactionId == attempt;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FeatureStoreException)
        {
            return true;
        }
    }

    /// <summary>Begins a write.</summary>
    /// <param name="start">The snapshot that the write was computed from; null to make the table.</param>
    /// <param name="operation">What is done, as the table's history names it.</param>
    /// <param name="dependency">What of the snapshot the write depends on.</param>
    /// <param name="mayAffect">For a write that depends on <see cref="DeltaDependency.AffectedRows"/>, whether a file may hold such rows; any file, where null.</param>
    /// <param name="onlyRearranges">Whether the rows of the table stay the same.</param>
    public DeltaTransaction Begin(
        DeltaSnapshot? start, string operation, DeltaDependency dependency = DeltaDependency.Nothing, Func<DeltaFile, DeltaSchema, bool>? mayAffect = null,
        bool onlyRearranges = false) =>
        new(this, _time, start, operation, dependency, mayAffect) { OnlyRearranges = onlyRearranges };

    /// <summary>The commits after a version, up to a version (the newest, where null).</summary>
    internal async Task<IReadOnlyList<DeltaCommit>> ReadCommitsAsync(long? after, long? last, CancellationToken cancellationToken)
    {
        var commits = new List<DeltaCommit>();
        for (var next = after + 1 ?? 0; last is null || next <= last; next++)
        {
            // The first look is for the existence alone: most often there is nothing new.
            if (commits.Count == 0 && !_storage.Exists(PathOf(next))) break;
            if (await ReadCommitAsync(next, cancellationToken).ConfigureAwait(false) is not { } commit) break;
            commits.Add(commit);
        }

        return commits;
    }

    internal DeltaSnapshot Replay(DeltaSnapshot? start, IReadOnlyList<DeltaCommit> commits)
    {
        if (start is not null && commits.Count == 0) return start;
        var replay = new DeltaReplay(Table, start);
        foreach (var commit in commits) replay.Apply(commit);
        return replay.ToSnapshot();
    }

    /// <summary>The newest snapshot or that of a version, read from a checkpoint or from the first commit on; null where the folder is no log.</summary>
    private async Task<DeltaSnapshot?> ReadFromBeginAsync(long? version, CancellationToken cancellationToken)
    {
        var listing = _storage.List(_folder);
        var versions = listing.Select(file => DeltaFileName.TryParseCommit(file.Name, out var number) ? number : -1).Where(number => number >= 0).ToHashSet();
        if (versions.Count == 0) return null;
        var last = Math.Min(version ?? long.MaxValue, versions.Max());
        var canReplay = versions.Contains(0);
        var checkpoint = await _checkpoints.ReadNewestAsync(listing, last, canReplay, cancellationToken).ConfigureAwait(false);
        if (checkpoint is null && !canReplay) throw Incomplete(listing, version);

        var replay = new DeltaReplay(Table, null);
        if (checkpoint is { } begin) replay.Begin(begin.Actions, await RequireCommitAsync(begin.Version, cancellationToken).ConfigureAwait(false));
        for (var next = checkpoint?.Version + 1 ?? 0; next <= last; next++) replay.Apply(await RequireCommitAsync(next, cancellationToken).ConfigureAwait(false));
        return replay.ToSnapshot();
    }

    private FeatureMaterializationException Incomplete(IReadOnlyList<StoredFile> listing, long? version)
    {
        if (!listing.Any(file => DeltaFileName.IsCheckpoint(file.Name))) throw Table.Damaged($"the commit '{DeltaFileName.Commit(0)}' is missing. Restore that file of the log.");
        if (listing.Any(file => DeltaFileName.TryParseCheckpoint(file.Name, out _)))
            return Table.Refused(string.Create(CultureInfo.InvariantCulture, $"its log no longer goes back to version {version}; older commits were cleaned up."));
        return Table.Unsupported("the first commits of its log were removed, and what is left begins with a checkpoint of several files, which this library does not read. "
            + "Give a copy of the table whose log is complete.");
    }

    private async Task<DeltaCommit> RequireCommitAsync(long version, CancellationToken cancellationToken) =>
        await ReadCommitAsync(version, cancellationToken).ConfigureAwait(false)
        ?? throw Table.Damaged($"the commit '{DeltaFileName.Commit(version)}' is missing between others. Restore that file of the log.");

    private async Task<DeltaCommit?> ReadCommitAsync(long version, CancellationToken cancellationToken)
    {
        var name = DeltaFileName.Commit(version);
        if (await _storage.ReadAsync(PathOf(version), cancellationToken).ConfigureAwait(false) is not { } content) return null;
        var actions = DeltaActionReader.Read(Table, name, content);
        var modified = DeltaCommit.StatesItsTime(actions) ? (DateTimeOffset?)null : _storage.List(_folder).FirstOrDefault(file => file.Name == name)?.Modified;
        return new DeltaCommit(version, actions, modified);
    }

    private string PathOf(long version) => $"{_folder}/{DeltaFileName.Commit(version)}";
}
