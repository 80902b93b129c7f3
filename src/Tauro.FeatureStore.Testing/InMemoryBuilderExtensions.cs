namespace Tauro.FeatureStore.Testing;

/// <summary>Puts a store in memory into an application's feature store.</summary>
public static class InMemoryBuilderExtensions
{
    /// <summary>Adds an <see cref="InMemoryFeatureStore"/>.</summary>
    /// <param name="builder">The feature store.</param>
    /// <param name="name">The store's name; by default it takes the place of the materialized store.</param>
    public static IFeatureStoreBuilder UseInMemory(this IFeatureStoreBuilder builder, string name = "materialized")
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddStore<InMemoryFeatureStore, InMemoryOptions>(name, new InMemoryOptions(), static (parts, _) => new InMemoryFeatureStore(parts.Context));
    }

    /// <summary>There is nothing to set.</summary>
    private sealed record InMemoryOptions;
}
