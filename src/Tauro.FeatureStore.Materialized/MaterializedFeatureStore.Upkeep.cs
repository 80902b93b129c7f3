using Microsoft.Extensions.Logging;
using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore;

public sealed partial class MaterializedFeatureStore
{
    /// <summary>The retention of a vacuum that names none: seven days.</summary>
    public static readonly TimeSpan DefaultVacuumRetention = TimeSpan.FromDays(7);

    /// <summary>The rows of a compacted file where none are asked for.</summary>
    public const int DefaultRowsPerFile = 524_288;

    private const int CommitsPerCheckpoint = 20;

    private static readonly TimeSpan MaxVacuumRetention = TimeSpan.FromDays(30);
    private static readonly TimeSpan LogRetention = TimeSpan.FromDays(30);

    /// <summary>
    /// Brings overlapping and small files together into sorted files of one size. No answer changes: each row keeps the moment and the order of its writing. Writers
    /// may go on meanwhile; one that replaces the same rows makes it fail, or is made to fail by it.
    /// </summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="rowsPerFile">How many rows a file should have: 1 to 16 777 216.</param>
    /// <param name="cancellationToken">Stops the work; what was committed by then stays.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    /// <exception cref="WriteConflictException">Another write replaced one of the files. Repeat the call.</exception>
    public async Task<CompactionResult> CompactAsync(string featureGroup, int rowsPerFile = DefaultRowsPerFile, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowsPerFile);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowsPerFile, WriteSequence.MaxRowsInFile);
        var schema = await FindAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        var compacted = await Guard(schema, () => TableOf(schema).CompactAsync(schema, rowsPerFile, cancellationToken)).ConfigureAwait(false);
        if (compacted is not var (before, after)) return new CompactionResult(0, 0, null);
        await CheckpointAsync(schema, before.Version, after.Version).ConfigureAwait(false);
        return new CompactionResult(before.Files.Length, after.Files.Length, after.Version);
    }

    /// <summary>
    /// Deletes files that no version of the last days has, and files that crashed writers left. Versions older than the retention can no longer be read. A reader or
    /// a writer that takes longer than the retention may find its files gone.
    /// </summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="retention">How long files are kept after they were removed from the table; null for <see cref="DefaultVacuumRetention"/>. Zero to 30 days.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    public async Task<VacuumResult> VacuumAsync(string featureGroup, TimeSpan? retention = null, CancellationToken cancellationToken = default)
    {
        var kept = retention ?? DefaultVacuumRetention;
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, TimeSpan.Zero, nameof(retention));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kept, MaxVacuumRetention, nameof(retention));
        var schema = await FindAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        var keepSince = Context.TimeProvider.GetUtcNow() - kept;
        var (files, bytes) = await Guard(schema, () => TableOf(schema).VacuumAsync(keepSince, cancellationToken)).ConfigureAwait(false);
        return new VacuumResult(files, bytes);
    }

    /// <summary>
    /// Makes the rows of an earlier version those of the group, in a new version. Each row has the created time that it had; what was written since is visible only in
    /// the versions in between.
    /// </summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="tableVersion">The version of the group's table to go back to: <see cref="WriteResult.SnapshotVersion"/>.</param>
    /// <param name="cancellationToken">Stops the call; nothing is changed then.</param>
    /// <returns>The new version.</returns>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    /// <exception cref="FeatureMaterializationException">There is no such version any more.</exception>
    /// <exception cref="WriteConflictException">Another write came between. Repeat the call.</exception>
    public async Task<long> RestoreAsync(string featureGroup, long tableVersion, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tableVersion);
        var schema = await FindAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        var restored = await Guard(schema, () => TableOf(schema).RestoreAsync(tableVersion, cancellationToken)).ConfigureAwait(false);
        await CheckpointAsync(schema, restored.Version - 1, restored.Version).ConfigureAwait(false);
        return restored.Version;
    }

    /// <summary>What a group's table holds and takes.</summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    public async Task<StorageInfo> GetStorageInfoAsync(string featureGroup, CancellationToken cancellationToken = default)
    {
        var schema = await FindAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        var table = TableOf(schema);
        var snapshot = await Guard(schema, () => table.ReadSnapshotAsync(cancellationToken)).ConfigureAwait(false);
        if (snapshot is null) return new StorageInfo(0, 0, 0, null, [], null);
        var history = await Guard(schema, () => table.ReadHistoryAsync(cancellationToken)).ConfigureAwait(false);
        return new StorageInfo(
            snapshot.Files.Length,
            snapshot.Files.Sum(file => file.Rows ?? 0),
            snapshot.Files.Sum(file => file.Size),
            snapshot.Version,
            ValueList.Of(history.Select(version => new TableVersion(version.Version, UtcTime.ToDateTimeOffset(version.CreatedTimeMicros), version.Operation ?? "unknown"))),
            UtcTime.ToDateTimeOffset(snapshot.LastCreatedTimeMicros));
    }

    /// <summary>Writes a checkpoint, and deletes what of the log is older than a moment and covered by one.</summary>
    internal async Task CheckpointAsync(string featureGroup, DateTimeOffset keepSince, CancellationToken cancellationToken)
    {
        var schema = await FindAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        await Guard(schema, async () =>
        {
            await TableOf(schema).CheckpointAsync(keepSince, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Writes a checkpoint where one is due. The commit stands without it, so that a failure here is told and not thrown.</summary>
    private async Task CheckpointAsync(FeatureGroupSchema schema, long before, long after)
    {
        if ((after + 1) / CommitsPerCheckpoint == (before + 1) / CommitsPerCheckpoint) return;
        try
        {
            await TableOf(schema).CheckpointAsync(Context.TimeProvider.GetUtcNow() - LogRetention, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FeatureStoreException)
        {
            MaterializedLogMessages.CheckpointFailed(_logger, failure, schema.QualifiedName, after);
        }
    }
}
