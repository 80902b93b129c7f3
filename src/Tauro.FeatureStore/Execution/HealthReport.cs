namespace Tauro.FeatureStore;

/// <summary>What a health check looked at and what it found.</summary>
/// <param name="Checks">One entry for each thing that was looked at.</param>
public sealed record HealthReport(IReadOnlyList<HealthCheck> Checks)
{
    /// <summary>Whether every check passed.</summary>
    public bool IsHealthy => Checks.All(check => check.IsHealthy);

    /// <summary>One line for each check.</summary>
    public override string ToString() =>
        string.Join(Environment.NewLine, Checks.Select(check => $"{(check.IsHealthy ? "ok  " : "FAIL")} {check.Name}: {check.Description}"));
}

/// <summary>One thing that a health check looked at.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="IsHealthy">Whether it is as it should be.</param>
/// <param name="Description">What was found, and where it is not as it should be, what to do.</param>
public sealed record HealthCheck(string Name, bool IsHealthy, string Description);
