using Microsoft.Extensions.DependencyInjection;

namespace Tauro.FeatureStore;

/// <summary>Which parts a feature store has.</summary>
internal sealed class FeatureStoreRegistration(ServiceKeys keys, IReadOnlyList<string> stores, IReadOnlyList<string> executors)
{
    public IEnumerable<(string Name, IFeatureStore Store)> OpenStores(IServiceProvider services) =>
        stores.Select(name => (name, services.GetRequiredKeyedService<IFeatureStore>(keys.Part(name))));

    /// <summary>The store that is meant where no name is given.</summary>
    public IFeatureStore OpenMain(IServiceProvider services) => stores is [var only]
        ? services.GetRequiredKeyedService<IFeatureStore>(keys.Part(only))
        : throw new FeatureStoreException($"{keys} has several stores: {string.Join(", ", stores)}. Ask for the keyed service of the one that you mean, or for its own type.");

    public IQueryExecutor GetExecutor(IServiceProvider services, string? name)
    {
        var found = name is null && executors is [var only] ? only : executors.FirstOrDefault(executor => executor.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (found is not null) return services.GetRequiredKeyedService<IQueryExecutor>(keys.Part(found));
        var has = executors.Count == 0 ? "none" : string.Join(", ", executors);
        throw new FeatureStoreException(name is null
            ? $"{keys} needs an engine, and it is not clear which one. It has: {has}. Call UseDuckDB or UseSpark, or name one as executor_type."
            : $"{keys} has no engine '{name}'. It has: {has}. Call its Use method, such as UseDuckDB or UseSpark, or name another one as executor_type.");
    }
}

/// <summary>What parts find when they are made.</summary>
internal sealed class FeatureStoreParts(IServiceProvider services, ServiceKeys keys) : IFeatureStoreParts
{
    public IFeatureStoreContext Context => keys.GetOne<IFeatureStoreContext>(services);

    public IQueryExecutor GetExecutor(string? name) => keys.GetOne<FeatureStoreRegistration>(services).GetExecutor(services, name);
}
