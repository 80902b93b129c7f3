using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tauro.FeatureStore;

/// <summary>
/// A log of small JSON files, one for each commit, each created only if its name is free, and now and then a <see cref="RegistryCheckpoint"/>. No file is ever changed,
/// and a commit that cannot be read stops readers and writers alike, so that nothing is built on what is not understood.
/// </summary>
internal sealed class FileRegistryLog(IFileStorage storage, ILogger? logger = null) : IRegistryLog
{
    public const string Folder = "_registry";
    private const string Extension = ".json";

    private readonly ILogger _logger = logger ?? NullLogger.Instance;

    public string Location => storage.FullPath(Folder);

    public async Task<IReadOnlyList<RegistryCommit>> ReadAsync(long first, CancellationToken cancellationToken)
    {
        var commits = first == 0 ? await ReadFromBeginAsync(cancellationToken).ConfigureAwait(false) : [];
        while (await storage.ReadAsync(PathOf(first + commits.Count), cancellationToken).ConfigureAwait(false) is { } content)
            commits.Add(Parse(first + commits.Count, content));
        return commits;
    }

    public async Task<bool> TryWriteAsync(long number, RegistryCommit commit, CancellationToken cancellationToken)
    {
        // A commit that was deleted from between others must not be made anew as another.
        if (storage.Exists(PathOf(number + 1)) && !storage.Exists(PathOf(number))) throw Missing(number, number + 1);
        if (!await storage.TryCreateAsync(PathOf(number), commit.ToJson(), cancellationToken).ConfigureAwait(false)) return false;
        if (RegistryCheckpoint.IsDue(number + 1)) await WriteCheckpointAsync(number + 1).ConfigureAwait(false);
        return true;
    }

    private async Task<List<RegistryCommit>> ReadFromBeginAsync(CancellationToken cancellationToken)
    {
        var names = storage.ListNames(Folder);
        var last = names.Select(name => TryParseName(name, out var number) ? number : -1).DefaultIfEmpty(-1).Max();
        var checkpoint = await ReadNewestCheckpointAsync(names, last + 1, cancellationToken).ConfigureAwait(false);
        var commits = checkpoint is null ? null : TryParse(checkpoint);
        var start = commits?.Length ?? 0;
        var rest = new RegistryCommit[last + 1 - start];
        await Parallel.ForAsync(start, last + 1, cancellationToken, async (number, token) =>
            rest[number - start] = Parse(number, await storage.ReadAsync(PathOf(number), token).ConfigureAwait(false) ?? throw Missing(number, last))).ConfigureAwait(false);
        return [.. commits ?? [], .. rest];
    }

    private async Task<RegistryCheckpoint?> ReadNewestCheckpointAsync(IReadOnlyList<string> names, long commits, CancellationToken cancellationToken)
    {
        for (var i = names.Count - 1; i >= 0; i--)
        {
            if (!RegistryCheckpoint.TryParseName(names[i], out var covered) || covered > commits || covered == 0) continue;
            if (await storage.ReadAsync($"{Folder}/{names[i]}", cancellationToken).ConfigureAwait(false) is not { } content) continue;
            var checkpoint = RegistryCheckpoint.TryRead(content, covered);

            // A checkpoint of another log, as after a restore from a copy, does not end with this log's commit.
            var newest = await storage.ReadAsync(PathOf(covered - 1), cancellationToken).ConfigureAwait(false) ?? throw Missing(covered - 1, commits - 1);
            if (checkpoint is not null && RegistryCheckpoint.ToLine(newest).Span.SequenceEqual(checkpoint.Commits[^1].Span)) return checkpoint;
            RegistryLogMessages.CheckpointIgnored(_logger, names[i], Location);
        }

        return null;
    }

    /// <summary>The commits of a checkpoint; null where one cannot be read, and its own file will say why.</summary>
    private static RegistryCommit[]? TryParse(RegistryCheckpoint checkpoint)
    {
        var commits = new RegistryCommit[checkpoint.Commits.Count];
        var unreadable = false;
        Parallel.For(0, commits.Length, (i, loop) =>
        {
            try
            {
                commits[i] = RegistryCommit.FromJson(checkpoint.Commits[i]);
            }
            catch (Exception broken) when (RegistryCommit.IsUnreadable(broken))
            {
                unreadable = true;
                loop.Stop();
            }
        });
        return unreadable ? null : commits;
    }

    /// <summary>Writes a checkpoint. The commits stand without it, so that a failure here is told and not thrown.</summary>
    private async Task WriteCheckpointAsync(long commits)
    {
        try
        {
            var before = await ReadNewestCheckpointAsync(storage.ListNames(Folder), commits, CancellationToken.None).ConfigureAwait(false);
            List<ReadOnlyMemory<byte>> contents = [.. before?.Commits ?? []];
            for (var number = (long)contents.Count; number < commits; number++)
                contents.Add(await storage.ReadAsync(PathOf(number), CancellationToken.None).ConfigureAwait(false) ?? throw Missing(number, commits - 1));
            var checkpoint = RegistryCheckpoint.Of(contents);
            var written = await storage.TryCreateAsync($"{Folder}/{RegistryCheckpoint.NameOf(commits)}", checkpoint.Content, CancellationToken.None).ConfigureAwait(false);
            if (written && before is not null) storage.Delete($"{Folder}/{RegistryCheckpoint.NameOf(before.Commits.Count)}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FeatureStoreException)
        {
            RegistryLogMessages.CheckpointFailed(_logger, failure, Location);
        }
    }

    private RegistryCommit Parse(long number, byte[] content)
    {
        try
        {
            return RegistryCommit.FromJson(content);
        }
        catch (Exception broken) when (RegistryCommit.IsUnreadable(broken))
        {
            throw new MetadataException($"The registry's commit '{storage.FullPath(PathOf(number))}' cannot be read: {broken.Message} Nothing was changed; restore that file, or update the library.", broken);
        }
    }

    private MetadataException Missing(long number, long later) => new(
        $"The registry's commit '{storage.FullPath(PathOf(number))}' is missing, and the later commit '{NameOf(later)}' is there. Nothing was changed; restore that file.");

    private static string PathOf(long number) => $"{Folder}/{NameOf(number)}";

    private static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{number:d20}{Extension}");

    private static bool TryParseName(string name, out long number)
    {
        number = 0;
        return name.EndsWith(Extension, StringComparison.Ordinal) && long.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
