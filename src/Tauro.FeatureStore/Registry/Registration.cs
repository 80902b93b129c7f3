using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>The rules by which a schema enters the registry.</summary>
internal static class Registration
{
    /// <summary>What registering a schema would do.</summary>
    public static PlannedChange Plan(RegistryState state, FeatureGroupSchema schema)
    {
        var latest = state.Find(schema.Name, version: null);
        var registered = state.Find(schema.Name, schema.Version);
        var before = registered ?? latest;
        var comparison = before is null ? null : SchemaComparison.Between(before, schema);
        PlannedChange Change(PlannedAction action, string? refusal = null) =>
            new(schema, action, comparison, refusal, comparison is null ? [] : Affected(state, before!, comparison)) { Registered = before };

        if (Invalid(schema) is { } invalid) return Change(PlannedAction.Refuse, invalid);
        if (latest is not null && !latest.Name.Equals(schema.Name, StringComparison.Ordinal))
            return Change(PlannedAction.Refuse, $"The group '{schema.Name}' differs from the registered '{latest.Name}' only by case. Use that name, or another one.");
        if (registered == schema) return Change(PlannedAction.Nothing);
        if (registered is null && latest is not null && schema.Version != latest.Version + 1)
            return Change(PlannedAction.Refuse, string.Create(CultureInfo.InvariantCulture,
                $"The group '{schema.Name}' is registered up to version {latest.Version}; the next version is {latest.Version + 1}, not {schema.Version}."));
        if (registered is not null && !comparison!.IsCompatible)
            return Change(PlannedAction.Refuse, string.Create(CultureInfo.InvariantCulture,
                $"The change of '{schema.QualifiedName}' breaks it: {string.Join("; ", comparison.Changes.Where(change => change.IsBreaking))}. Register it as Version = {latest!.Version + 1}; version {schema.Version} stays readable."));
        if (CycleOf(state, schema) is { } cycle) return Change(PlannedAction.Refuse, cycle);
        return Change(registered is not null ? PlannedAction.Update : latest is not null ? PlannedAction.AddVersion : PlannedAction.Register);
    }

    /// <summary>The change that registers a schema; null where there is nothing to do. Throws where it is refused.</summary>
    public static GroupRegistered? Decide(RegistryState state, FeatureGroupSchema schema)
    {
        var planned = Plan(state, schema);
        if (planned.Refusal is { } refusal) throw new FeatureRegistryException(refusal) { FeatureGroup = schema.Name };
        return planned.Action == PlannedAction.Nothing ? null : new GroupRegistered(schema);
    }

    private static string? Invalid(FeatureGroupSchema schema)
    {
        try
        {
            schema.Validate();
            return null;
        }
        catch (SchemaValidationException invalid)
        {
            return invalid.Message;
        }
    }

    /// <summary>What was said of a name before its group was registered may make the group depend on itself.</summary>
    private static string? CycleOf(RegistryState state, FeatureGroupSchema schema)
    {
        if (state.Lineage.IsEmpty) return null;
        var lineage = new LineageWalk(state.With(schema));
        return lineage.DependsOnItself(lineage.Group(schema))
            ? $"The group '{schema.QualifiedName}' would be made from itself: one of its features is said to be made from it. Change that with {nameof(FeatureStoreMetadata.SetLineageAsync)} first."
            : null;
    }

    private static IReadOnlyList<string> Affected(RegistryState state, FeatureGroupSchema before, SchemaComparison comparison)
    {
        var changed = comparison.Changes.Any(change => change.IsBreaking && before.FindFeature(change.Subject) is null)
            ? before.Features
            : before.Features.Where(feature => comparison.Changes.Any(change => change.IsBreaking && change.Subject == feature.Name)).ToList();
        if (changed.Count == 0) return [];
        var (graph, lineage) = (LineageGraph.Of(state), new LineageWalk(state));
        var own = lineage.Group(before);
        return [.. changed.SelectMany(feature => graph.Downstream(lineage.Feature(before, feature))).Where(node => !node.Equals(own)).Select(node => node.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
    }
}
