namespace Tauro.FeatureStore;

/// <summary>The rows of one group version as a store serves them to one request: pinned, so that the request sees one state of them.</summary>
/// <param name="Source">Where the rows are.</param>
/// <param name="KeyTypes">The types of the key columns by name, as they are stored; of a group that was never written, those that its schema declares.</param>
public sealed record GroupSnapshot(PlanSource Source, IReadOnlyDictionary<string, DataType> KeyTypes)
{
    /// <summary>The sources that answer the group's features, where each answers only some of them; empty where <see cref="Source"/> answers all.</summary>
    internal IReadOnlyList<FeatureSource> Parts { get; init; } = [];

    /// <summary>The store that pinned the rows and reads them, where it is one of several; null where there is one.</summary>
    internal BaseFeatureStore? Store { get; init; }

    /// <summary>The part that answers a feature; null where the one source answers all.</summary>
    internal FeatureSource? PartOf(ResolvedFeature feature)
    {
        if (Parts.Count == 0) return null;
        foreach (var part in Parts)
            if (part.Features.Contains(feature.Feature.Name, StringComparer.OrdinalIgnoreCase)) return part;
        throw new FeatureNotFoundException(
            $"The feature '{feature.Group.QualifiedName}.{feature.Feature.Name}' has no definition. Defined are: {string.Join(", ", Parts.SelectMany(part => part.Features))}.")
        {
            FeatureGroup = feature.Group.Name,
            Feature = feature.Feature.Name,
        };
    }
}
