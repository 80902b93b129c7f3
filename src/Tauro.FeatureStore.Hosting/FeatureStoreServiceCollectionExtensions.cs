using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Tauro.FeatureStore;

/// <summary>Adds feature stores to an application's services.</summary>
public static class FeatureStoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds a feature store that is configured by a section. Keys may be written as <c>cache_size_mb</c> or as <c>CacheSizeMb</c>; a key that is not known, and a value
    /// that makes no sense, is refused when the application starts.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The section of the feature store, with a section in it for each part.</param>
    /// <param name="build">Says which stores and engines there are: <c>store => store.UseMaterialized().UseDuckDB()</c>.</param>
    /// <param name="name">
    /// The key of a further feature store. Its services are keyed: <see cref="IFeatureStore"/> and <see cref="IFeatureStoreContext"/> under the name, each store and engine under
    /// <c>name/part</c>. Null for the application's only or main one.
    /// </param>
    /// <exception cref="ArgumentException">A feature store of that name was added before.</exception>
    public static IServiceCollection AddTauroFeatureStore(
        this IServiceCollection services, IConfiguration configuration, Action<IFeatureStoreBuilder> build, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Add(services, configuration, null, build, name);
    }

    /// <summary>Adds a feature store that is configured in code.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">Where the feature store is.</param>
    /// <param name="build">Says which stores and engines there are: <c>store => store.UseMaterialized().UseDuckDB()</c>.</param>
    /// <param name="name">The key of a further feature store; null for the application's only or main one.</param>
    /// <exception cref="ArgumentException">A feature store of that name was added before.</exception>
    public static IServiceCollection AddTauroFeatureStore(
        this IServiceCollection services, FeatureStoreOptions options, Action<IFeatureStoreBuilder> build, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Add(services, null, options, build, name);
    }

    /// <summary>Adds a health check that asks every store of a feature store.</summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="name">The key of the feature store; null for the application's only or main one.</param>
    /// <param name="checkName">The name of the check; null for <c>feature_store</c>, with the key where there is one.</param>
    /// <param name="tags">Tags by which checks are chosen; null for none.</param>
    public static IHealthChecksBuilder AddTauroFeatureStore(
        this IHealthChecksBuilder builder, string? name = null, string? checkName = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new(
            checkName ?? (name is null ? "feature_store" : $"feature_store/{name}"), services => new FeatureStoreHealthCheck(services, ServiceKeys.Of(name)), failureStatus: null, tags));
    }

    private static IServiceCollection Add(
        IServiceCollection services, IConfiguration? configuration, FeatureStoreOptions? options, Action<IFeatureStoreBuilder> build, string? name)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(build);
        if (name is not null) ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var builder = new FeatureStoreBuilder(services, configuration, ServiceKeys.Of(name));
        build(builder);
        builder.Complete(options);
        return services;
    }
}
