namespace Tauro.FeatureStore;

/// <summary>Where the registry's changes are kept: in order, each written once.</summary>
internal interface IRegistryLog
{
    /// <summary>What stands there, for messages.</summary>
    string Location { get; }

    /// <summary>The commits from a number on, as far as there are any.</summary>
    Task<IReadOnlyList<RegistryCommit>> ReadAsync(long first, CancellationToken cancellationToken);

    /// <summary>Writes the commit of that number, unless there is one: of several writers exactly one gets true.</summary>
    Task<bool> TryWriteAsync(long number, RegistryCommit commit, CancellationToken cancellationToken);
}

/// <summary>A log in memory, for tests and for registries that live as long as the process.</summary>
internal sealed class MemoryRegistryLog : IRegistryLog
{
    private readonly Lock _lock = new();
    private readonly List<RegistryCommit> _commits = [];

    public string Location => "memory";

    public Task<IReadOnlyList<RegistryCommit>> ReadAsync(long first, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult<IReadOnlyList<RegistryCommit>>([.. _commits.Skip((int)first)]);
    }

    public Task<bool> TryWriteAsync(long number, RegistryCommit commit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (number != _commits.Count) return Task.FromResult(false);
            _commits.Add(commit);
            return Task.FromResult(true);
        }
    }
}
