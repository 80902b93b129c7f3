using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tauro.FeatureStore;

/// <summary>Asks every store of a feature store, and says what each looked at.</summary>
internal sealed class FeatureStoreHealthCheck(IServiceProvider services, ServiceKeys keys) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>();
        var broken = new List<string>();
        foreach (var (name, store) in keys.GetOne<FeatureStoreRegistration>(services).OpenStores(services))
        {
            var report = await store.CheckHealthAsync(cancellationToken).ConfigureAwait(false);
            foreach (var check in report.Checks)
            {
                data[$"{name}: {check.Name}"] = check.Description;
                if (!check.IsHealthy) broken.Add($"{name}: {check.Name}: {check.Description}");
            }
        }

        return broken.Count == 0
            ? HealthCheckResult.Healthy($"{data.Count} checks passed", data)
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join("; ", broken), data: data);
    }
}
