using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Tauro.FeatureStore;

// An application with a feature store among its services, configured by the keys of its settings.
var folder = Directory.CreateTempSubdirectory("hosting-").FullName;
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = args });
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["feature_store:feature_store_path"] = folder,
    ["feature_store:materialized:storage_format"] = "parquet",
    ["feature_store:materialized:cache_enabled"] = "true",
    ["feature_store:materialized:cache_size_mb"] = "512",
    ["feature_store:virtualized:executor_type"] = "duckdb",
    ["feature_store:duckdb:query_timeout_seconds"] = "300",
});
builder.Services.AddTauroFeatureStore(builder.Configuration.GetSection("feature_store"), store => store.UseMaterialized().UseVirtualized().UseDuckDB());
builder.Services.AddHealthChecks().AddTauroFeatureStore();
builder.Services.AddHostedService<Scoring>();

using (var host = builder.Build())
{
    await host.StartAsync();
    await host.WaitForShutdownAsync();
    var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
    Console.WriteLine($"{health.Entries["feature_store"].Status}: {health.Entries["feature_store"].Description}");
    Check.That(health.Status == HealthStatus.Healthy, "the feature store is healthy");
    Check.That(Scoring.IsDone, "the service has used the store");
}

Directory.Delete(folder, recursive: true);

/// <summary>A service that takes the store that it wants by its key.</summary>
internal sealed class Scoring([FromKeyedServices("materialized")] IFeatureStore store, IHostApplicationLifetime application) : BackgroundService
{
    public static bool IsDone { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.RegisterFeaturesAsync(new FeatureGroupSchema("users") { EntityKeys = ["user_id"], TimestampKey = "at", Features = [new("age", DataType.Int)] }, stoppingToken);
        await store.WriteFeaturesAsync("users", [new { user_id = 1, at = DateTimeOffset.UtcNow, age = 34 }], cancellationToken: stoppingToken);
        using var ages = await store.GetFeaturesAsync(["age"], cancellationToken: stoppingToken);
        Console.WriteLine(ages.ToDisplayString());
        IsDone = ages.GetColumn<int>("age") is [34];
        application.StopApplication();
    }
}
