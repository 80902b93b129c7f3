using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tauro.FeatureStore.Tests;

public sealed class HealthTests : HostingFixture
{
    [Fact]
    public async Task A_sound_feature_store_is_healthy_and_says_what_was_looked_at()
    {
        var services = Provide(all =>
        {
            all.AddLogging();
            all.AddTauroFeatureStore(new FeatureStoreOptions { FeatureStorePath = Folder }, store => store.UseMaterialized().UseVirtualized().UseDuckDB());
            all.AddHealthChecks().AddTauroFeatureStore(tags: ["ready"]);
        });
        await WriteUsersAsync(services.GetRequiredService<MaterializedFeatureStore>());

        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains("ready"), Cancel);

        var entry = report.Entries["feature_store"];
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Contains("2 rows", (string)entry.Data["materialized: table users@1"], StringComparison.Ordinal);
        Assert.Contains(entry.Data.Keys, key => key.StartsWith("virtualized: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broken_table_is_unhealthy_and_named()
    {
        var services = Provide(all =>
        {
            all.AddLogging();
            all.AddTauroFeatureStore(new FeatureStoreOptions { FeatureStorePath = Folder }, store => store.UseMaterialized(), name: "fraud");
            all.AddHealthChecks().AddTauroFeatureStore("fraud");
        });
        await WriteUsersAsync(services.GetRequiredKeyedService<IFeatureStore>("fraud"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "users", "v1", "_delta_log", "00000000000000000001.json"), "not json", Cancel);

        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);

        var entry = report.Entries["feature_store/fraud"];
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("materialized: table users@1", entry.Description, StringComparison.Ordinal);
    }
}
