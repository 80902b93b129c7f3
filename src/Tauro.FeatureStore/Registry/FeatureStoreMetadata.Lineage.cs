using System.Globalization;

namespace Tauro.FeatureStore;

public sealed partial class FeatureStoreMetadata
{
    /// <summary>Says what a feature, a group or a source was made from. What was said of it before is replaced.</summary>
    /// <param name="name">A feature as <c>group.feature</c> or <c>group@version.feature</c>, a group, or a source such as <c>silver.users</c>. Without a version it holds for all.</param>
    /// <param name="dependencies">Features, groups and sources, written in the same way. Without a version it is the latest.</param>
    /// <param name="cancellationToken">Stops the call before the change is made.</param>
    /// <exception cref="SchemaValidationException">A name is invalid.</exception>
    /// <exception cref="FeatureRegistryException">Something would depend on itself.</exception>
    public async Task SetLineageAsync(string name, IReadOnlyList<string> dependencies, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dependencies);
        foreach (var part in dependencies.Prepend(name)) CheckLineageName(part);
        var changed = await ChangeAsync(
            state =>
            {
                if (state.Lineage.TryGetValue(name, out var said) && said.SequenceEqual(dependencies, StringComparer.OrdinalIgnoreCase)) return null;
                var change = new LineageSet(name, ValueList.Of(dependencies));
                CheckAcyclic(state, change, lineage => [lineage.Resolve(name)]);
                return change;
            },
            cancellationToken).ConfigureAwait(false);
        if (changed) RegistryLogMessages.LineageWasSet(_logger, name, dependencies.Count);
    }

    /// <summary>What a feature, group or source was made from directly, sorted: what was said, and the sources of the feature's definition.</summary>
    /// <param name="name">A feature as <c>group.feature</c>, a group, or a source.</param>
    public IReadOnlyList<string> GetLineage(string name)
    {
        var lineage = new LineageWalk(_state);
        var direct = lineage.DirectlyUpstream(lineage.Resolve(name));
        return NamesOf(direct.SelectMany(node => node.Kind == LineageKind.Definition ? lineage.DirectlyUpstream(node) : [node]));
    }

    /// <summary>All that a name was made from, through any number of steps, sorted: features, definitions, sources.</summary>
    /// <param name="name">A feature as <c>group.feature</c>, a group, <c>training_set:name</c>, or a source.</param>
    public IReadOnlyList<string> GetUpstream(string name)
    {
        var lineage = new LineageWalk(_state);
        return NamesOf(LineageGraph.Walk(lineage.Resolve(name), lineage.DirectlyUpstream));
    }

    /// <summary>All that was made from a name, through any number of steps, sorted: features, definitions, groups, training sets.</summary>
    /// <param name="name">A feature as <c>group.feature</c>, a group, or a source.</param>
    public IReadOnlyList<string> GetDownstream(string name)
    {
        var state = _state;
        var graph = LineageGraph.Of(state);
        return graph.Find(name) is { } node ? NamesOf(graph.Downstream(node)) : [];
    }

    /// <summary>The whole lineage of the registry, as a graph.</summary>
    public LineageGraph GetLineageGraph() => LineageGraph.Of(_state);

    /// <summary>
    /// The lineage as OpenLineage events, each a JSON text: a dataset event for each group version and training set, and a job event for each definition, for what was said of
    /// names, and for each training set, with the lineage of columns.
    /// </summary>
    /// <param name="jobNamespace">The namespace of jobs and datasets.</param>
    public IReadOnlyList<string> ExportOpenLineage(string jobNamespace = "tauro")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(jobNamespace);
        return new OpenLineageEvents(_state, jobNamespace, _clock.GetUtcNow()).Write();
    }

    private static IReadOnlyList<string> NamesOf(IEnumerable<LineageNode> nodes) =>
        [.. nodes.Select(node => node.Name).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Throws where a change would make one of some nodes depend on itself.</summary>
    private void CheckAcyclic(RegistryState state, RegistryChange change, Func<LineageWalk, IEnumerable<LineageNode>> nodesOf)
    {
        var lineage = new LineageWalk(state.Apply(change, new RegistryCommit(change, _clock.GetUtcNow(), _author)));
        foreach (var node in nodesOf(lineage))
            if (lineage.DependsOnItself(node))
                throw new FeatureRegistryException($"'{node.Name}' cannot be made from what is itself made from '{node.Name}': {string.Join(", ", CycleThrough(lineage, node))}.");
    }

    private static IEnumerable<string> CycleThrough(LineageWalk lineage, LineageNode node) =>
        lineage.DirectlyUpstream(node).Where(used => used.Equals(node) || LineageGraph.Walk(used, lineage.DirectlyUpstream).Contains(node)).Select(used => $"'{used.Name}'").Distinct();

    private static void CheckLineageName(string name)
    {
        foreach (var part in (name ?? "").Split('.'))
        {
            var at = part.IndexOf('@', StringComparison.Ordinal);
            var isVersion = at > 0 && int.TryParse(part.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
            Identifier.Check(isVersion ? part[..at] : part, "feature or source in a lineage");
        }
    }
}
