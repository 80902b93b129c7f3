using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Tauro.FeatureStore;

internal sealed class FeatureStoreBuilder(IServiceCollection services, IConfiguration? configuration, ServiceKeys keys) : IFeatureStoreBuilder
{
    private readonly List<string> _stores = [];
    private readonly List<string> _executors = [];

    public IServiceCollection Services => services;

    public IFeatureStoreBuilder AddStore<TStore, TOptions>(string name, TOptions? options, Func<IFeatureStoreParts, TOptions, TStore> open)
        where TStore : class, IFeatureStore
        where TOptions : class, new()
    {
        AddPart<IFeatureStore, TStore, TOptions>(name, options, open);
        _stores.Add(name);
        return this;
    }

    public IFeatureStoreBuilder AddExecutor<TExecutor, TOptions>(string name, TOptions? options, Func<IFeatureStoreParts, TOptions, TExecutor> make)
        where TExecutor : class, IQueryExecutor
        where TOptions : class, new()
    {
        AddPart<IQueryExecutor, TExecutor, TOptions>(name, options, make);
        _executors.Add(name);
        return this;
    }

    /// <summary>Adds what there is one of, once all parts are known.</summary>
    public void Complete(FeatureStoreOptions? options)
    {
        if (_stores.Count == 0) throw new ArgumentException($"{keys} has no store. Call UseMaterialized or UseVirtualized.");
        if (services.Any(service => service.ServiceType == typeof(FeatureStoreRegistration) && Equals(service.ServiceKey, keys.Name)))
            throw new ArgumentException($"{keys} was added before. Give each a name of its own.");
        var registration = new FeatureStoreRegistration(keys, _stores, _executors);
        services.TryAddSingleton(TimeProvider.System);
        AddOptions(options, instance => ConfigurationBinding.BindRoot(instance, configuration, [.. _stores, .. _executors]));
        keys.AddOne(services, _ => registration);
        keys.AddOne<IFeatureStoreContext>(services, provider => new HostedContext(provider, Options<FeatureStoreOptions>(provider)));
        if (registration.HasBoth)
        {
            services.AddKeyedSingleton<IFeatureStore>(keys.Part(FeatureStoreRegistration.Composite), (provider, _) => registration.OpenComposite(provider));
            keys.AddOne(services, provider => (CompositeFeatureStore)provider.GetRequiredKeyedService<IFeatureStore>(keys.Part(FeatureStoreRegistration.Composite)));
        }

        keys.AddOne(services, registration.OpenMain);
        keys.AddOne(services, provider => keys.GetOne<IFeatureStore>(provider).Metadata);
    }

    private void AddPart<TService, TPart, TOptions>(string name, TOptions? options, Func<IFeatureStoreParts, TOptions, TPart> make)
        where TService : class
        where TPart : class, TService
        where TOptions : class, new()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(make);
        if (_stores.Contains(name, StringComparer.OrdinalIgnoreCase) || _executors.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw new ArgumentException($"{keys} has a part '{name}' already.", nameof(name));
        AddOptions(options, instance => ConfigurationBinding.Bind(instance, configuration, name));
        services.AddKeyedSingleton<TService>(keys.Part(name), (provider, _) => make(new FeatureStoreParts(provider, keys), Options<TOptions>(provider)));
        keys.AddOne(services, provider => (TPart)provider.GetRequiredKeyedService<TService>(keys.Part(name)));
    }

    /// <summary>Options as they are given, else bound from the configuration. Either way they are made when the application starts, so that what is wrong shows then.</summary>
    private void AddOptions<TOptions>(TOptions? given, Action<TOptions> bind) where TOptions : class =>
        services.AddOptions<TOptions>(keys.Options).Configure(given is null ? bind : instance => ConfigurationBinding.Copy(given, instance)).ValidateOnStart();

    private TOptions Options<TOptions>(IServiceProvider provider) => provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(keys.Options);
}
