namespace Tauro.FeatureStore;

/// <summary>What registering some schemas would do: made by <see cref="FeatureStoreMetadata.PlanAsync"/>, carried out by <see cref="FeatureStoreMetadata.ApplyAsync"/>.</summary>
/// <param name="Changes">What would happen to each schema, in their order.</param>
public sealed record RegistryPlan(IReadOnlyList<PlannedChange> Changes)
{
    /// <summary>Whether nothing is refused. A plan that cannot be applied changes nothing.</summary>
    public bool CanApply => !Changes.Any(change => change.Action == PlannedAction.Refuse);

    /// <summary>The plan as text.</summary>
    public override string ToString() => string.Join('\n', Changes);
}

/// <summary>What would happen to one schema.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Action">What would be done.</param>
/// <param name="Comparison">How it differs from the version that it changes or follows; null for a new group.</param>
/// <param name="Refusal">Why it would be refused; null where it would not.</param>
/// <param name="Affected">What is made from the features that change, through any number of steps: features, groups and training sets, sorted.</param>
public sealed record PlannedChange(FeatureGroupSchema Schema, PlannedAction Action, SchemaComparison? Comparison, string? Refusal, IReadOnlyList<string> Affected)
{
    /// <summary>What the change starts from.</summary>
    internal FeatureGroupSchema? Registered { get; init; }

    /// <summary>The change as text: what would be done, each difference, and what it affects.</summary>
    public override string ToString()
    {
        var lines = new List<string> { $"{Schema.QualifiedName}: {Heading()}" };
        if (Comparison is { Changes.Count: > 0 }) lines.AddRange(Comparison.ToString().Split('\n').Select(line => $"  {line}"));
        if (Affected.Count > 0) lines.Add($"  affects: {string.Join(", ", Affected)}");
        return string.Join('\n', lines);
    }

    private string Heading() => Action switch
    {
        PlannedAction.Nothing => "nothing to do",
        PlannedAction.Register => $"register a new group of {Schema.Features.Count} features",
        PlannedAction.AddVersion => "add a version; those before stay readable",
        PlannedAction.Update => "change in place",
        _ => $"refuse. {Refusal}",
    };
}

/// <summary>What registering a schema does.</summary>
public enum PlannedAction
{
    /// <summary>It is registered just so.</summary>
    Nothing,

    /// <summary>A new group.</summary>
    Register,

    /// <summary>A new version of a group.</summary>
    AddVersion,

    /// <summary>A compatible change of a registered version.</summary>
    Update,

    /// <summary>An error: a breaking change of a registered version, a version that skips one, or a schema that does not hold together.</summary>
    Refuse,
}
