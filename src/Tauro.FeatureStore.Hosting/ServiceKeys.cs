using Microsoft.Extensions.DependencyInjection;

namespace Tauro.FeatureStore;

/// <summary>How the services of one feature store are told apart from those of others. The main one has no key of its own.</summary>
internal sealed record ServiceKeys(string? Name)
{
    /// <summary>The name of its options.</summary>
    public string Options => Name ?? "";

    public static ServiceKeys Of(string? name) => new(name);

    /// <summary>The key of one of its parts.</summary>
    public string Part(string part) => Name is null ? part : $"{Name}/{part}";

    /// <summary>Adds a service that there is one of in each feature store.</summary>
    public void AddOne<T>(IServiceCollection services, Func<IServiceProvider, T> make) where T : class
    {
        if (Name is null) services.AddSingleton(make);
        else services.AddKeyedSingleton(Name, (provider, _) => make(provider));
    }

    /// <summary>A service that there is one of in each feature store.</summary>
    public T GetOne<T>(IServiceProvider services) where T : notnull => Name is null ? services.GetRequiredService<T>() : services.GetRequiredKeyedService<T>(Name);

    public override string ToString() => Name is null ? "The feature store" : $"The feature store '{Name}'";
}
