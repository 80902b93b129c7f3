using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>How one schema of a group differs from another, and whether it may take the other's place under the same version.</summary>
/// <param name="From">The schema before, as <c>group@version</c>.</param>
/// <param name="To">The schema after, as <c>group@version</c>.</param>
/// <param name="Changes">The differences: keys, times, features in their order, then the rest. Empty where both say the same.</param>
public sealed record SchemaComparison(string From, string To, IReadOnlyList<SchemaChange> Changes)
{
    /// <summary>Whether nothing breaks: rows that were written and readers that were made for the one go with the other.</summary>
    public bool IsCompatible => !Changes.Any(change => change.IsBreaking);

    /// <summary>Compares two schemas, whether they are registered or not.</summary>
    /// <param name="from">The schema before.</param>
    /// <param name="to">The schema after.</param>
    public static SchemaComparison Between(FeatureGroupSchema from, FeatureGroupSchema to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        return new SchemaComparison(from.QualifiedName, to.QualifiedName, ValueList.Of((SchemaChange[])
        [
            .. OfKeys(from, to),
            .. from.Features.SelectMany(feature => OfFeature(feature, to.FindFeature(feature.Name))),
            .. to.Features.Where(feature => from.FindFeature(feature.Name) is null).Select(Added),
            .. OfDescriptions(from, to),
        ]));
    }

    /// <summary>The comparison as text: a heading, and a line for each difference.</summary>
    public override string ToString() => string.Join('\n',
        Changes.Select(change => $"  {(change.IsBreaking ? "breaking  " : "compatible")}  {change}")
            .Prepend($"{From} -> {To}: {(Changes.Count == 0 ? "the same" : IsCompatible ? "compatible" : "breaking")}"));

    private static IEnumerable<SchemaChange> OfKeys(FeatureGroupSchema from, FeatureGroupSchema to)
    {
        if (!from.EntityKeys.SequenceEqual(to.EntityKeys))
            yield return new SchemaChange("entity keys", $"the entity keys changed from ({Keys(from)}) to ({Keys(to)})", KeysMatch(from, to) ? null : "rows could no longer be found");
        if (Time(from) != Time(to))
            yield return new SchemaChange("event time", $"the event time changed from {Time(from)} to {Time(to)}", "the same rows would hold at other times");
        if (from.CreatedTimestampKey != to.CreatedTimestampKey)
            yield return new SchemaChange("created time", $"the created timestamp key changed from {from.CreatedTimestampKey ?? "none"} to {to.CreatedTimestampKey ?? "none"}", "the same rows would be known at other times");
        if (from.AvailabilityDelay != to.AvailabilityDelay)
            yield return new SchemaChange("availability delay", $"the availability delay changed from {from.AvailabilityDelay:c} to {to.AvailabilityDelay:c}", "past training sets would change");
        if (from.Lookback != to.Lookback)
            yield return new SchemaChange("lookback", $"the lookback changed from {from.Lookback?.ToString("c") ?? "unlimited"} to {to.Lookback?.ToString("c") ?? "unlimited"}", "past training sets would change");
    }

    private static IEnumerable<SchemaChange> OfFeature(FeatureSchema from, FeatureSchema? to)
    {
        if (to is null || !to.Name.Equals(from.Name, StringComparison.Ordinal))
        {
            yield return new SchemaChange(from.Name, $"the feature '{from.Name}' was removed or renamed", "readers of it would fail");
            yield break;
        }

        if (to.DataType != from.DataType)
            yield return new SchemaChange(from.Name, $"the feature '{from.Name}' was retyped from {from.DataType} to {to.DataType}", "rows already written have the other type");
        if (from.Nullable && !to.Nullable)
            yield return new SchemaChange(from.Name, $"the feature '{from.Name}' was made non-nullable", "rows already written may hold null");
        if (!from.Nullable && to.Nullable)
            yield return new SchemaChange(from.Name, $"the feature '{from.Name}' was made nullable", Breaks: null);
        if (from.VectorLength != to.VectorLength)
            yield return new SchemaChange(
                from.Name, $"the vector length of '{from.Name}' changed from {from.VectorLength?.ToString(CultureInfo.InvariantCulture) ?? "any"} to {to.VectorLength?.ToString(CultureInfo.InvariantCulture) ?? "any"}",
                to.VectorLength is null ? null : "rows already written may have another");
        if (from.FeatureType != to.FeatureType)
            yield return new SchemaChange(from.Name, $"the feature type of '{from.Name}' changed from {from.FeatureType} to {to.FeatureType}", Breaks: null);
        if (from.Description != to.Description) yield return new SchemaChange(from.Name, $"the description of '{from.Name}' changed", Breaks: null);
        if (!from.Metadata.Equals(to.Metadata)) yield return new SchemaChange(from.Name, $"the metadata of '{from.Name}' changed from {from.Metadata} to {to.Metadata}", Breaks: null);
    }

    private static SchemaChange Added(FeatureSchema feature) => feature.Nullable
        ? new SchemaChange(feature.Name, $"the feature '{feature.Name}' {feature.DataType} is new, and null in rows already written", Breaks: null)
        : new SchemaChange(feature.Name, $"the new feature '{feature.Name}' is not nullable", "rows already written have no value for it");

    private static IEnumerable<SchemaChange> OfDescriptions(FeatureGroupSchema from, FeatureGroupSchema to)
    {
        if (from.Features.Count == to.Features.Count && !from.Features.Select(feature => feature.Name).SequenceEqual(to.Features.Select(feature => feature.Name), StringComparer.OrdinalIgnoreCase)
            && from.Features.All(feature => to.FindFeature(feature.Name) is not null))
            yield return new SchemaChange("features", "the order of the features changed", Breaks: null);
        if (from.Description != to.Description) yield return new SchemaChange("description", "the description changed", Breaks: null);
        if (from.Owner != to.Owner) yield return new SchemaChange("owner", $"the owner changed from {from.Owner} to {to.Owner}", Breaks: null);
        if (!from.Tags.Equals(to.Tags)) yield return new SchemaChange("tags", $"the tags changed from {from.Tags} to {to.Tags}", Breaks: null);
        if (from.EnforceMetadataRules != to.EnforceMetadataRules)
            yield return new SchemaChange("rules", $"writes {(to.EnforceMetadataRules ? "now" : "no longer")} refuse values that break a rule in the metadata", Breaks: null);
    }

    private static bool KeysMatch(FeatureGroupSchema from, FeatureGroupSchema to) =>
        from.EntityKeys.Count == to.EntityKeys.Count
        && from.EntityKeys.Zip(to.EntityKeys).All(pair => pair.First.Name == pair.Second.Name && (pair.First.DataType is null || pair.First.DataType == pair.Second.DataType));

    private static string Keys(FeatureGroupSchema schema) =>
        string.Join(", ", schema.EntityKeys.Select(key => key.DataType is null ? key.Name : $"{key.Name} {key.DataType}"));

    private static string Time(FeatureGroupSchema schema) => schema.IsStatic ? "none (static)" : $"{schema.TimestampKey} {schema.TimestampType}";
}

/// <summary>One difference between two schemas of a group.</summary>
/// <param name="Subject">The feature that changed, or the part of the group: <c>entity keys</c>, <c>event time</c>, <c>owner</c> and so on.</param>
/// <param name="What">What changed.</param>
/// <param name="Breaks">Why it breaks what was written or made under the old schema; null where it does not.</param>
public sealed record SchemaChange(string Subject, string What, string? Breaks)
{
    /// <summary>Whether it asks for the next version.</summary>
    public bool IsBreaking => Breaks is not null;

    /// <summary>What changed, and why it breaks.</summary>
    public override string ToString() => Breaks is null ? What : $"{What}: {Breaks}";
}
