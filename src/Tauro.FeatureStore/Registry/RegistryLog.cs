using System.Globalization;
using System.Text.Json;

namespace Tauro.FeatureStore;

/// <summary>Where the registry's changes are kept: in order, each written once.</summary>
internal interface IRegistryLog
{
    /// <summary>What stands there, for messages.</summary>
    string Location { get; }

    /// <summary>The change of that number, or null where there is none yet.</summary>
    Task<RegistryChange?> ReadAsync(long number, CancellationToken cancellationToken);

    /// <summary>Writes the change of that number, unless there is one: of several writers exactly one gets true.</summary>
    Task<bool> TryWriteAsync(long number, RegistryChange change, DateTimeOffset time, CancellationToken cancellationToken);
}

/// <summary>A log in memory, for tests and for registries that live as long as the process.</summary>
internal sealed class MemoryRegistryLog : IRegistryLog
{
    private readonly Lock _lock = new();
    private readonly List<RegistryChange> _changes = [];

    public string Location => "memory";

    public Task<RegistryChange?> ReadAsync(long number, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult(number < _changes.Count ? _changes[(int)number] : null);
    }

    public Task<bool> TryWriteAsync(long number, RegistryChange change, DateTimeOffset time, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (number != _changes.Count) return Task.FromResult(false);
            _changes.Add(change);
            return Task.FromResult(true);
        }
    }
}

/// <summary>A log of small JSON files, one for each change, each created only if its name is free.</summary>
internal sealed class FileRegistryLog(IFileStorage storage) : IRegistryLog
{
    public const string Folder = "_registry";

    public string Location => storage.FullPath(Folder);

    public async Task<RegistryChange?> ReadAsync(long number, CancellationToken cancellationToken)
    {
        var content = await storage.ReadAsync(PathOf(number), cancellationToken).ConfigureAwait(false);
        if (content is null) return null;
        try
        {
            return RegistryChange.FromJson(content);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or FeatureStoreException)
        {
            throw new MetadataException($"The registry's commit '{storage.FullPath(PathOf(number))}' cannot be read: {broken.Message}", broken);
        }
    }

    public Task<bool> TryWriteAsync(long number, RegistryChange change, DateTimeOffset time, CancellationToken cancellationToken) =>
        storage.TryCreateAsync(PathOf(number), change.ToJson(time), cancellationToken);

    private static string PathOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{Folder}/{number:d20}.json");
}
