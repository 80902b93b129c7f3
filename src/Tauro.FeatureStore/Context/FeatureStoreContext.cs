using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tauro.FeatureStore;

/// <summary>A context that is made from a path, for applications that have none of their own.</summary>
public sealed class FeatureStoreContext : IFeatureStoreContext
{
    /// <summary>Makes a context.</summary>
    /// <param name="featureStorePath">The folder that holds the store's tables and its registry. It is created by the first write.</param>
    public FeatureStoreContext(string featureStorePath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(featureStorePath);
        FeatureStorePath = featureStorePath;
    }

    /// <inheritdoc/>
    public string FeatureStorePath { get; }

    /// <inheritdoc/>
    /// <value>The default is <c>development</c>.</value>
    public string Environment { get; init; } = "development";

    /// <inheritdoc/>
    /// <value>The default is the user of the operating system.</value>
    public string UserName { get; init; } = System.Environment.UserName;

    /// <inheritdoc/>
    /// <value>The default is null.</value>
    public string? GoldPath { get; init; }

    /// <inheritdoc/>
    /// <value>The default is null.</value>
    public IServiceProvider? Services { get; init; }

    /// <inheritdoc/>
    /// <value>The default writes nothing.</value>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <inheritdoc/>
    /// <value>The default is the system's clock.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
