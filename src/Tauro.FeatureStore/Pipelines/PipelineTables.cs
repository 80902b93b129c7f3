using System.Collections.Concurrent;

namespace Tauro.FeatureStore;

/// <summary>The inputs and outputs of a run, in memory.</summary>
internal sealed class PipelineTables : IInputLoader, IOutputManager, IDisposable
{
    private readonly ConcurrentDictionary<string, FeatureTable> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentBag<FeatureTable> _owned = [];

    /// <summary>Where inputs are that nobody brought or published here.</summary>
    public IInputLoader? Outside { get; set; }

    public void AddInput(string name, FeatureTable table)
    {
        if (!_tables.TryAdd(name, table)) throw Taken(name);
    }

    public Task<FeatureTable> LoadAsync(string name, CancellationToken cancellationToken = default)
    {
        if (_tables.TryGetValue(name, out var table)) return Task.FromResult(table);
        return Outside?.LoadAsync(name, cancellationToken) ?? Task.FromException<FeatureTable>(new PipelineException(
            $"The run has no input '{name}'. It has: {(_tables.IsEmpty ? "none" : string.Join(", ", _tables.Keys.Order(StringComparer.Ordinal)))}."));
    }

    public Task SaveAsync(string name, FeatureTable table, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        _owned.Add(table);
        return _tables.TryAdd(name, table) ? Task.CompletedTask : Task.FromException(Taken(name));
    }

    public void Dispose()
    {
        foreach (var table in _owned) table.Dispose();
        _tables.Clear();
    }

    private static PipelineException Taken(string name) => new($"The run has a table '{name}' already: an input or an output of that name. Make a new context for each run.");
}
