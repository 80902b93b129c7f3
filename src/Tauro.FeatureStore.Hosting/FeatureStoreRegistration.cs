using Microsoft.Extensions.DependencyInjection;

namespace Tauro.FeatureStore;

/// <summary>Which parts a feature store has.</summary>
internal sealed class FeatureStoreRegistration(ServiceKeys keys, IReadOnlyList<string> stores, IReadOnlyList<string> executors)
{
    /// <summary>The name of the store that answers for written and computed features together.</summary>
    public const string Composite = "composite";

    private const string Materialized = "materialized";
    private const string Virtualized = "virtualized";

    /// <summary>Whether the stores are one of written features and one of computed ones.</summary>
    public bool HasBoth { get; } = stores.Count == 2 && stores.Contains(Materialized) && stores.Contains(Virtualized);

    public IEnumerable<(string Name, IFeatureStore Store)> OpenStores(IServiceProvider services) =>
        stores.Select(name => (name, services.GetRequiredKeyedService<IFeatureStore>(keys.Part(name))));

    /// <summary>The two stores as one.</summary>
    public CompositeFeatureStore OpenComposite(IServiceProvider services) =>
        new(keys.GetOne<IFeatureStoreContext>(services), Part(services, Materialized), Part(services, Virtualized));

    /// <summary>The store that is meant where no name is given.</summary>
    public IFeatureStore OpenMain(IServiceProvider services) => HasBoth || stores.Count == 1
        ? services.GetRequiredKeyedService<IFeatureStore>(keys.Part(HasBoth ? Composite : stores[0]))
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

    private BaseFeatureStore Part(IServiceProvider services, string name) => (BaseFeatureStore)services.GetRequiredKeyedService<IFeatureStore>(keys.Part(name));
}

/// <summary>What parts find when they are made.</summary>
internal sealed class FeatureStoreParts(IServiceProvider services, ServiceKeys keys) : IFeatureStoreParts
{
    public IFeatureStoreContext Context => keys.GetOne<IFeatureStoreContext>(services);

    public IQueryExecutor GetExecutor(string? name) => keys.GetOne<FeatureStoreRegistration>(services).GetExecutor(services, name);
}
