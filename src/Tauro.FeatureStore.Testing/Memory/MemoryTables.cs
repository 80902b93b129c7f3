using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore.Testing.Memory;

/// <summary>The registry and the tables of a store in memory, which several stores may share.</summary>
internal sealed class MemoryTables : ILastWrites
{
    private readonly ConcurrentDictionary<string, MemoryTable> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly MemoryRegistryLog _registry = new();

    /// <summary>Makes this the registry of a context, and gives the context back.</summary>
    public IFeatureStoreContext KeepRegistryOf(IFeatureStoreContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        FeatureStoreMetadata.Keep(context, _registry);
        return context;
    }

    public MemoryTable Of(FeatureGroupSchema schema) => _tables.GetOrAdd(schema.QualifiedName, _ => new MemoryTable());

    public Task<DateTimeOffset?> GetLastWriteAsync(FeatureGroupSchema schema, CancellationToken cancellationToken) =>
        Task.FromResult<DateTimeOffset?>(Of(schema).Newest is { } snapshot ? UtcTime.ToDateTimeOffset(snapshot.CreatedTime) : null);
}
