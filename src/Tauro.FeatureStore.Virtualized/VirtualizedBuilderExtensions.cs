namespace Tauro.FeatureStore;

/// <summary>Adds the store of virtual features to an application's feature store.</summary>
public static class VirtualizedBuilderExtensions
{
    /// <summary>Adds a <see cref="VirtualizedFeatureStore"/>, with the name <c>virtualized</c>. It needs an engine: add one too.</summary>
    /// <param name="builder">The feature store.</param>
    /// <param name="options">The options; null to take them from the section <c>virtualized</c> of the configuration.</param>
    public static IFeatureStoreBuilder UseVirtualized(this IFeatureStoreBuilder builder, VirtualizedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddStore<VirtualizedFeatureStore, VirtualizedOptions>(
            "virtualized", options, static (parts, options) => new VirtualizedFeatureStore(parts.Context, parts.GetExecutor(options.ExecutorType))
            {
                QueryTimeout = options.QueryTimeout,
                CacheSizeMegabytes = options.EnableCaching ? options.CacheSizeMb : 0,
                CacheTimeToLive = options.CacheTimeToLive,
            });
    }
}
