using System.Collections.Immutable;

namespace Tauro.FeatureStore;

/// <summary>The registry at one moment. Immutable, so that readers need no lock; a change makes the next state.</summary>
internal sealed record RegistryState
{
    public static RegistryState Empty { get; } = new();

    /// <summary>The number of changes that led here, and so the number of the next one.</summary>
    public long Version { get; private init; }

    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<int, FeatureGroupSchema>> Groups { get; private init; } =
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<int, FeatureGroupSchema>>(StringComparer.OrdinalIgnoreCase);

    public LineageGraph Lineage { get; private init; } = LineageGraph.Empty;

    /// <summary>The definitions of group versions that have any, by group and version.</summary>
    public ImmutableDictionary<(string Group, int Version), IReadOnlyList<VirtualFeatureDefinition>> Definitions { get; private init; } =
        ImmutableDictionary<(string Group, int Version), IReadOnlyList<VirtualFeatureDefinition>>.Empty;

    public RegistryState Apply(RegistryChange change) => change switch
    {
        GroupRegistered registered => this with { Version = Version + 1, Groups = Add(registered.Schema) },
        GroupRemoved removed => this with { Version = Version + 1, Groups = Groups.Remove(removed.Name), Definitions = WithoutGroup(removed.Name) },
        LineageSet lineage => this with { Version = Version + 1, Lineage = Lineage.Set(lineage.Name, lineage.Dependencies) },
        FeaturesDefined defined => this with { Version = Version + 1, Definitions = Definitions.SetItem((defined.Group, defined.GroupVersion), defined.Definitions) },
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    public FeatureGroupSchema? Find(string name, int? version)
    {
        if (!Groups.TryGetValue(name, out var versions)) return null;
        return version is null ? versions.Values.Last() : versions.GetValueOrDefault(version.Value);
    }

    /// <summary>The latest versions of all groups, by name.</summary>
    public IEnumerable<FeatureGroupSchema> LatestGroups => Groups.Values.Select(versions => versions.Values.Last());

    private ImmutableSortedDictionary<string, ImmutableSortedDictionary<int, FeatureGroupSchema>> Add(FeatureGroupSchema schema)
    {
        var versions = Groups.GetValueOrDefault(schema.Name) ?? ImmutableSortedDictionary<int, FeatureGroupSchema>.Empty;
        return Groups.SetItem(schema.Name, versions.SetItem(schema.Version, schema));
    }

    private ImmutableDictionary<(string Group, int Version), IReadOnlyList<VirtualFeatureDefinition>> WithoutGroup(string name) =>
        Definitions.RemoveRange(Definitions.Keys.Where(key => key.Group.Equals(name, StringComparison.OrdinalIgnoreCase)));
}
