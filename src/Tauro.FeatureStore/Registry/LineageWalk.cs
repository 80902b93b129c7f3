namespace Tauro.FeatureStore;

/// <summary>Finds what each node of a registry's lineage is made from: what was said, and what schemas, definitions and training sets say by themselves.</summary>
internal sealed class LineageWalk(RegistryState state)
{
    private const string TrainingSetPrefix = "training_set:";

    public LineageNode Group(FeatureGroupSchema group) => new(LineageKind.Group, NameOf(group));

    public LineageNode Feature(FeatureGroupSchema group, FeatureSchema feature) => new(LineageKind.Feature, $"{NameOf(group)}.{feature.Name}");

    public LineageNode Definition(FeatureGroupSchema group, VirtualFeatureDefinition definition) => new(LineageKind.Definition, $"{NameOf(group)}({string.Join(", ", definition.Features)})");

    public static LineageNode TrainingSet(SavedTrainingSet set) => new(LineageKind.TrainingSet, $"{TrainingSetPrefix}{set.QualifiedName}");

    /// <summary>What a name stands for: a registered group or feature, a training set, else a source.</summary>
    public LineageNode Resolve(string name)
    {
        if (name.StartsWith(TrainingSetPrefix, StringComparison.OrdinalIgnoreCase)) return FindTrainingSet(name) is { } set ? TrainingSet(set) : new LineageNode(LineageKind.TrainingSet, name);
        if (Find(name) is not var (group, feature)) return new LineageNode(LineageKind.Source, name);
        return feature is null ? Group(group) : Feature(group, feature);
    }

    /// <summary>What a node is made from directly.</summary>
    public IEnumerable<LineageNode> DirectlyUpstream(LineageNode node) => node.Kind switch
    {
        LineageKind.Source => Said(node.Name),
        LineageKind.Definition => FindDefinition(node.Name)?.Sources.Select(source => new LineageNode(LineageKind.Source, source)) ?? [],
        LineageKind.TrainingSet => FindTrainingSet(node.Name) is { } set ? set.Features.Select(OfTrainingSet) : [],
        _ => Find(node.Name) is var (group, feature) ? OfRegistered(group, feature) : Said(node.Name),
    };

    /// <summary>Every node that has a place in the lineage.</summary>
    public IEnumerable<LineageNode> Nodes()
    {
        foreach (var group in state.Groups.Values.SelectMany(versions => versions.Values))
        {
            yield return Group(group);
            foreach (var feature in group.Features) yield return Feature(group, feature);
        }

        foreach (var name in state.Lineage.Keys) yield return Resolve(name);
        foreach (var set in state.TrainingSets.Values.SelectMany(versions => versions)) yield return TrainingSet(set);
    }

    /// <summary>Whether a node is made from itself, through any number of steps.</summary>
    public bool DependsOnItself(LineageNode node) => LineageGraph.Walk(node, DirectlyUpstream).Contains(node);

    private IEnumerable<LineageNode> OfRegistered(FeatureGroupSchema group, FeatureSchema? feature)
    {
        var said = Said(new RegistryName(group.Name, group.Version, feature?.Name).ToString(), new RegistryName(group.Name, null, feature?.Name).ToString());
        return feature is null
            ? said.Concat(group.Features.Select(member => Feature(group, member)))
            : said.Concat(state.DefinitionsOf(group).Where(definition => definition.Features.Contains(feature.Name, StringComparer.OrdinalIgnoreCase)).Select(definition => Definition(group, definition)));
    }

    private LineageNode OfTrainingSet(FeatureReference feature)
    {
        var name = new RegistryName(feature.Group!, feature.Version, feature.Feature).ToString();
        return Find(name) is { Feature: { } known } found ? Feature(found.Group, known) : new LineageNode(LineageKind.Feature, name);
    }

    /// <summary>What was said of the first of some names of which anything was.</summary>
    private IEnumerable<LineageNode> Said(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (state.Lineage.TryGetValue(name, out var dependencies)) return dependencies.Select(Resolve);
        return [];
    }

    private (FeatureGroupSchema Group, FeatureSchema? Feature)? Find(string name)
    {
        if (name.Split('.') is not { Length: <= 2 } parts) return null;
        var at = parts[0].IndexOf('@', StringComparison.Ordinal);
        var version = at < 0 ? (int?)null : int.TryParse(parts[0].AsSpan(at + 1), out var number) ? number : 0;
        if (state.Find(at < 0 ? parts[0] : parts[0][..at], version) is not { } group) return null;
        if (parts.Length == 1) return (group, null);
        return group.FindFeature(parts[1]) is { } feature ? (group, feature) : null;
    }

    private VirtualFeatureDefinition? FindDefinition(string name)
    {
        var open = name.IndexOf('(', StringComparison.Ordinal);
        return Find(name[..open]) is var (group, _) ? state.DefinitionsOf(group).FirstOrDefault(definition => Definition(group, definition).Name.Equals(name, StringComparison.OrdinalIgnoreCase)) : null;
    }

    private SavedTrainingSet? FindTrainingSet(string name)
    {
        var (set, version) = GroupName.Parse(name[TrainingSetPrefix.Length..]);
        var versions = state.VersionsOf(set);
        return version is null ? versions.LastOrDefault() : versions.FirstOrDefault(saved => saved.Version == version);
    }

    private string NameOf(FeatureGroupSchema group) => state.Find(group.Name, null) is { } latest && latest.Version != group.Version ? group.QualifiedName : group.Name;
}
