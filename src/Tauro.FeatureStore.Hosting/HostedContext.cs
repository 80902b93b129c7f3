using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tauro.FeatureStore;

/// <summary>The application as a feature store sees it.</summary>
internal sealed class HostedContext(IServiceProvider services, FeatureStoreOptions options) : IFeatureStoreContext
{
    public string FeatureStorePath { get; } = options.FeatureStorePath
        ?? throw new FeatureStoreException("The feature store has no folder. Set feature_store_path in its configuration, or FeatureStoreOptions.FeatureStorePath.");

    public string? GoldPath => options.GoldPath;

    public string Environment => options.Environment;

    public IServiceProvider Services => services;

    public ILoggerFactory LoggerFactory { get; } = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;

    public TimeProvider TimeProvider { get; } = services.GetRequiredService<TimeProvider>();
}
