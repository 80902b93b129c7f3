namespace Tauro.FeatureStore;

/// <summary>Finds the features of a request in the registry.</summary>
internal static class FeatureResolver
{
    public static async Task<IReadOnlyList<ResolvedFeature>> ResolveAsync(
        FeatureStoreMetadata registry, IReadOnlyList<FeatureReference> references, CancellationToken cancellationToken)
    {
        var resolved = new List<ResolvedFeature>(references.Count);
        foreach (var reference in references)
        {
            var found = reference.Group is { } group
                ? await ResolveInGroupAsync(registry, reference, group, cancellationToken).ConfigureAwait(false)
                : await ResolveByNameAsync(registry, reference, cancellationToken).ConfigureAwait(false);
            CheckKeyColumns(found);
            registry.WarnOfDeprecation(found.Group, found.Feature);
            resolved.Add(found);
        }

        return resolved;
    }

    private static async Task<ResolvedFeature> ResolveInGroupAsync(
        FeatureStoreMetadata registry, FeatureReference reference, string group, CancellationToken cancellationToken)
    {
        var schema = await registry.ResolveGroupAsync(group, reference.Version, cancellationToken).ConfigureAwait(false);
        if (schema.FindFeature(reference.Feature) is { } known) return new ResolvedFeature(reference, schema, known);
        await registry.RefreshAsync(cancellationToken).ConfigureAwait(false);
        schema = registry.GetFeatureGroup(group, reference.Version);
        return new ResolvedFeature(reference, schema, schema.GetFeature(reference.Feature));
    }

    private static async Task<ResolvedFeature> ResolveByNameAsync(FeatureStoreMetadata registry, FeatureReference reference, CancellationToken cancellationToken)
    {
        if (Candidates(registry, reference.Feature) is [] or [_, _, ..]) await registry.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return Candidates(registry, reference.Feature) switch
        {
            [var only] => new ResolvedFeature(reference, only, only.GetFeature(reference.Feature)),
            [] => throw NotFound(
                reference, $"No registered group has a feature '{reference.Feature}'. Registered groups are: {(registry.ListFeatureGroups() is { Count: > 0 } names ? string.Join(", ", names) : "none")}."),
            var several => throw NotFound(
                reference, $"Several groups have a feature '{reference.Feature}'. Name one of: {string.Join(", ", several.Select(group => $"{group.Name}.{reference.Feature}"))}."),
        };
    }

    private static IReadOnlyList<FeatureGroupSchema> Candidates(FeatureStoreMetadata registry, string feature) =>
        [.. registry.LatestGroups.Where(group => group.FindFeature(feature) is not null)];

    private static void CheckKeyColumns(ResolvedFeature feature)
    {
        foreach (var key in feature.Reference.KeyColumns.Keys)
            if (!feature.Group.EntityKeys.Any(known => known.Name == key))
                throw new SchemaValidationException(
                    $"The reference '{feature.Reference}' maps the key '{key}', which the group '{feature.Group.QualifiedName}' does not have. Its keys are: {string.Join(", ", feature.Group.EntityKeys.Select(known => known.Name))}.")
                {
                    FeatureGroup = feature.Group.Name,
                    Column = key,
                };
    }

    private static FeatureNotFoundException NotFound(FeatureReference reference, string message) => new(message) { Feature = reference.Feature };
}
