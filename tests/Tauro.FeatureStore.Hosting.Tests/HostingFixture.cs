using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Tauro.FeatureStore.Tests;

/// <summary>An application's services, and a folder for its feature store.</summary>
public abstract class HostingFixture : IAsyncDisposable
{
    private readonly List<ServiceProvider> _providers = [];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("tauro-hosting-").FullName;

    protected static FeatureGroupSchema Users { get; } = new("users")
    {
        EntityKeys = [new EntityKey("user_id", DataType.Int)],
        TimestampKey = "at",
        Features = [new("age", DataType.Int)],
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var provider in _providers) await provider.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static IConfiguration Settings(params (string Key, string Value)[] entries) =>
        new ConfigurationBuilder().AddInMemoryCollection(entries.Select(entry => KeyValuePair.Create(entry.Key, (string?)entry.Value))).Build();

    protected ServiceProvider Provide(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        var provider = services.BuildServiceProvider();
        _providers.Add(provider);
        return provider;
    }

    protected ServiceProvider Provide(IConfiguration configuration, Action<IFeatureStoreBuilder> build) => Provide(services => services.AddTauroFeatureStore(configuration, build));

    protected static async Task WriteUsersAsync(IFeatureStore store)
    {
        await store.RegisterFeaturesAsync(Users, Cancel);
        using var rows = FeatureTable.FromColumns(("user_id", new[] { 1, 2 }), ("at", new[] { At(1), At(2) }), ("age", new[] { 30, 40 }));
        await store.WriteFeaturesAsync("users", rows, cancellationToken: Cancel);
    }

    protected static DateTimeOffset At(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);
}
