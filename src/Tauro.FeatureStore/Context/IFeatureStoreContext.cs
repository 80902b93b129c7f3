using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tauro.FeatureStore;

/// <summary>The small face of an application that a store needs. One member is enough; the others have defaults.</summary>
public interface IFeatureStoreContext
{
    /// <summary>The folder that holds the store's tables and its registry.</summary>
    string FeatureStorePath { get; }

    /// <summary>The name of the environment, such as <c>development</c> or <c>production</c>.</summary>
    string Environment => "development";

    /// <summary>Who makes changes, for the registry's history.</summary>
    string UserName => System.Environment.UserName;

    /// <summary>The folder of the Gold layer, or null where there is none.</summary>
    string? GoldPath => null;

    /// <summary>The application's services, or null where there are none.</summary>
    IServiceProvider? Services => null;

    /// <summary>Where log messages go. They hold names, counts and times, never values.</summary>
    ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    /// <summary>The clock.</summary>
    TimeProvider TimeProvider => TimeProvider.System;
}
