namespace Tauro.FeatureStore;

/// <summary>Adds the materialized store to an application's feature store.</summary>
public static class MaterializedBuilderExtensions
{
    /// <summary>Adds a <see cref="MaterializedFeatureStore"/>, with the name <c>materialized</c>.</summary>
    /// <param name="builder">The feature store.</param>
    /// <param name="options">The options; null to take them from the section <c>materialized</c> of the configuration.</param>
    public static IFeatureStoreBuilder UseMaterialized(this IFeatureStoreBuilder builder, MaterializedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddStore<MaterializedFeatureStore, MaterializedOptions>("materialized", options, static (parts, options) => new MaterializedFeatureStore(
            parts.Context, options.StoragePath, options.StorageFormat, options.ExecutorType is { } executor ? parts.GetExecutor(executor) : null)
        {
            CacheSizeMegabytes = options.CacheEnabled ? options.CacheSizeMb : 0,
        });
    }
}
