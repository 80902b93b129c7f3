using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The checkpoints of a log: the state of the table in one file, so that a reader need not replay every commit, and old commits may go.</summary>
internal sealed class DeltaCheckpoints(IFileStorage storage, string folder, DeltaTable table)
{
    /// <summary>How long the log remembers that a batch was written.</summary>
    public static readonly TimeSpan TransactionRetention = TimeSpan.FromDays(30);

    /// <summary>How long a checkpoint lists a removed file: as long as a vacuum may be asked to keep it.</summary>
    public static readonly TimeSpan TombstoneRetention = TimeSpan.FromDays(30);

    private const string LastCheckpoint = "_last_checkpoint";

    /// <summary>Writes the checkpoint of a snapshot, unless there is one; it is whole before it counts.</summary>
    public async Task WriteAsync(DeltaSnapshot snapshot, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var actions = ActionsOf(snapshot, now);
        var content = await CheckpointFile.WriteAsync(actions, cancellationToken).ConfigureAwait(false);
        await storage.TryCreateAsync(PathOf(DeltaFileName.Checkpoint(snapshot.Version)), content, cancellationToken).ConfigureAwait(false);
        await storage.ReplaceAsync(PathOf(LastCheckpoint), Pointer(snapshot.Version, actions.Count), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The newest checkpoint of a listing up to a version; null where there is none, or where the commits tell more.</summary>
    /// <param name="listing">The log's folder.</param>
    /// <param name="last">The newest version wanted.</param>
    /// <param name="canReplay">Whether all commits from the first are there.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<(long Version, IReadOnlyList<DeltaAction> Actions)?> ReadNewestAsync(
        IReadOnlyList<StoredFile> listing, long last, bool canReplay, CancellationToken cancellationToken)
    {
        foreach (var version in VersionsIn(listing).Where(version => version <= last).OrderDescending())
        {
            var name = DeltaFileName.Checkpoint(version);
            if (await storage.ReadAsync(PathOf(name), cancellationToken).ConfigureAwait(false) is not { } content) continue; // Cleaned up meanwhile.
            IReadOnlyList<DeltaAction> actions;
            try
            {
                actions = await CheckpointFile.ReadAsync(table, name, content, cancellationToken).ConfigureAwait(false);
            }
            catch (MetadataException) when (canReplay)
            {
                return null; // A checkpoint says nothing that the commits do not.
            }

            // Of files without tags, which other programs write, only their commits say when and in which order they came.
            var isForeign = actions.OfType<DeltaAdd>().Any(add => !add.Tags.ContainsKey(DeltaTags.CreatedTime));
            return isForeign && canReplay ? null : (version, actions);
        }

        return null;
    }

    /// <summary>Deletes commits and checkpoints that no version younger than a moment needs.</summary>
    public void CleanUp(DateTimeOffset keepSince)
    {
        var listing = storage.List(folder);
        var commits = listing.Where(file => DeltaFileName.TryParseCommit(file.Name, out _)).ToList();
        var old = VersionsIn(listing)
            .Where(version => commits.FirstOrDefault(file => file.Name == DeltaFileName.Commit(version)) is { } commit && commit.Modified < keepSince)
            .DefaultIfEmpty(-1).Max();
        foreach (var file in listing)
            if (DeltaFileName.VersionOf(file.Name) is { } version && version < old) storage.Delete(PathOf(file.Name));
    }

    private static IEnumerable<long> VersionsIn(IReadOnlyList<StoredFile> listing)
    {
        foreach (var file in listing)
            if (DeltaFileName.TryParseCheckpoint(file.Name, out var version)) yield return version;
    }

    private static List<DeltaAction> ActionsOf(DeltaSnapshot snapshot, DateTimeOffset now)
    {
        var oldestMark = (now - TransactionRetention).ToUnixTimeMilliseconds();
        var oldestTombstone = (now - TombstoneRetention).ToUnixTimeMilliseconds();
        return
        [
            snapshot.Protocol,
            snapshot.Metadata,
            .. snapshot.Transactions.Values.Where(mark => mark.LastUpdated is null || mark.LastUpdated >= oldestMark),
            .. snapshot.Tombstones.Values.Where(remove => remove.DeletionTimestamp >= oldestTombstone),
            .. snapshot.Files.Select(file => file.ToAction()),
        ];
    }

    private static ReadOnlyMemory<byte> Pointer(long version, int size)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("version", version);
        json.WriteNumber("size", size);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private string PathOf(string name) => string.Create(CultureInfo.InvariantCulture, $"{folder}/{name}");
}
