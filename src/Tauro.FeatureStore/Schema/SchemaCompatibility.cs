namespace Tauro.FeatureStore;

/// <summary>Tells whether one schema may take another's place under the same version.</summary>
internal static class SchemaCompatibility
{
    /// <summary>The changes that break what was written or read under the old schema, each with its reason; none when the change is compatible.</summary>
    public static IReadOnlyList<string> BreakingChanges(FeatureGroupSchema old, FeatureGroupSchema changed)
    {
        var breaks = new List<string>();
        if (!KeysMatch(old.EntityKeys, changed.EntityKeys))
            breaks.Add($"the entity keys changed from ({Describe(old)}) to ({Describe(changed)}): rows could no longer be found");
        if (!SameName(old.TimestampKey, changed.TimestampKey) || old.TimestampType != changed.TimestampType || old.IsStatic != changed.IsStatic)
            breaks.Add("the event time changed: the same rows would hold at other times");
        if (!SameName(old.CreatedTimestampKey, changed.CreatedTimestampKey))
            breaks.Add("the created timestamp key changed: the same rows would be known at other times");
        if (old.AvailabilityDelay != changed.AvailabilityDelay)
            breaks.Add("the availability delay changed: past training sets would change");
        if (old.Lookback != changed.Lookback)
            breaks.Add("the lookback changed: past training sets would change");

        foreach (var feature in old.Features)
            AddBreakingChanges(feature, changed.FindFeature(feature.Name), breaks);
        foreach (var feature in changed.Features)
            if (!feature.Nullable && old.FindFeature(feature.Name) is null)
                breaks.Add($"the new feature '{feature.Name}' is not nullable: rows already written have no value for it");
        return breaks;
    }

    private static void AddBreakingChanges(FeatureSchema old, FeatureSchema? changed, List<string> breaks)
    {
        if (changed is null || !changed.Name.Equals(old.Name, StringComparison.Ordinal))
            breaks.Add($"the feature '{old.Name}' was removed or renamed: readers of it would fail");
        else if (changed.DataType != old.DataType)
            breaks.Add($"the feature '{old.Name}' was retyped from {old.DataType} to {changed.DataType}");
        else if (old.Nullable && !changed.Nullable)
            breaks.Add($"the feature '{old.Name}' was made non-nullable: rows already written may hold null");
        else if (old.VectorLength != changed.VectorLength && changed.VectorLength is not null)
            breaks.Add($"the vector length of '{old.Name}' changed: rows already written may have another");
    }

    private static bool KeysMatch(IReadOnlyList<EntityKey> old, IReadOnlyList<EntityKey> changed) =>
        old.Count == changed.Count
        && old.Zip(changed).All(pair => pair.First.Name == pair.Second.Name && (pair.First.DataType is null || pair.First.DataType == pair.Second.DataType));

    private static bool SameName(string? left, string? right) => string.Equals(left, right, StringComparison.Ordinal);

    private static string Describe(FeatureGroupSchema schema) =>
        string.Join(", ", schema.EntityKeys.Select(key => key.DataType is null ? key.Name : $"{key.Name} {key.DataType}"));
}
