namespace Tauro.FeatureStore;

/// <summary>Keeps the columns of an answer apart.</summary>
internal static class OutputNames
{
    /// <summary>Checks that no output column has the name of another or of a column that the answer has anyway, without regard to case.</summary>
    public static void Check(IReadOnlyList<ResolvedFeature> features, IReadOnlyList<GroupUse> uses, IEnumerable<string> others, bool withMatches)
    {
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var other in others) taken[other] = $"the column '{other}'";
        foreach (var feature in features)
            if (!taken.TryAdd(feature.OutputName, $"the feature '{feature.Group.QualifiedName}.{feature.Feature.Name}'"))
                throw new SchemaValidationException(
                    $"The output column '{feature.OutputName}' of the feature '{feature.Group.QualifiedName}.{feature.Feature.Name}' has the name of {taken[feature.OutputName]}. "
                    + $"Give it an alias, such as '{feature.Group.Name}.{feature.Feature.Name} as {feature.Group.Name}_{feature.Feature.Name}'.")
                {
                    FeatureGroup = feature.Group.Name,
                    Column = feature.OutputName,
                };
        if (!withMatches) return;
        foreach (var name in uses.SelectMany(use => (string[])[use.EventTimeName, use.MatchName]))
            if (!taken.TryAdd(name, $"the column '{name}' that reports a match"))
                throw new SchemaValidationException($"The column '{name}', which reports a match, has the name of {taken[name]}. Rename that one.") { Column = name };
    }
}
