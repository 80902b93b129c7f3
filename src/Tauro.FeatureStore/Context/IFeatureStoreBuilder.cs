using Microsoft.Extensions.DependencyInjection;

namespace Tauro.FeatureStore;

/// <summary>
/// What a feature store in an application's services is made of. <c>Tauro.FeatureStore.Hosting</c> gives one to <c>AddTauroFeatureStore</c>; each package adds its own part by
/// an extension method, such as <c>UseMaterialized</c> or <c>UseDuckDB</c>.
/// </summary>
public interface IFeatureStoreBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Adds a store, as a keyed service under its name and as a service of its own type. It is opened by its first use and disposed with the services.</summary>
    /// <typeparam name="TStore">The store's type.</typeparam>
    /// <typeparam name="TOptions">Its options; they are made by the constructor without parameters and filled property by property.</typeparam>
    /// <param name="name">The store's name, which is also that of its section in the configuration.</param>
    /// <param name="options">The options; null to take them from the configuration.</param>
    /// <param name="open">Opens the store.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    IFeatureStoreBuilder AddStore<TStore, TOptions>(string name, TOptions? options, Func<IFeatureStoreParts, TOptions, TStore> open)
        where TStore : class, IFeatureStore
        where TOptions : class, new();

    /// <summary>Adds an engine, as a keyed service under its name and as a service of its own type. It is made by its first use and disposed with the services.</summary>
    /// <typeparam name="TExecutor">The engine's type.</typeparam>
    /// <typeparam name="TOptions">Its options; they are made by the constructor without parameters and filled property by property.</typeparam>
    /// <param name="name">The engine's name, which is also that of its section in the configuration, and what a store's <c>executor_type</c> names.</param>
    /// <param name="options">The options; null to take them from the configuration.</param>
    /// <param name="make">Makes the engine.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    IFeatureStoreBuilder AddExecutor<TExecutor, TOptions>(string name, TOptions? options, Func<IFeatureStoreParts, TOptions, TExecutor> make)
        where TExecutor : class, IQueryExecutor
        where TOptions : class, new();
}

/// <summary>What a part of a feature store finds when it is made.</summary>
public interface IFeatureStoreParts
{
    /// <summary>The feature store's context.</summary>
    IFeatureStoreContext Context { get; }

    /// <summary>An engine that was added.</summary>
    /// <param name="name">Its name; null for the only one there is.</param>
    /// <exception cref="FeatureStoreException">There is none of that name, or none or several where no name is given; the message lists those there are.</exception>
    IQueryExecutor GetExecutor(string? name);
}
