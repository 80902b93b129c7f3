using System.Collections.Immutable;

namespace Tauro.FeatureStore;

/// <summary>The registry at one moment. Immutable, so that readers need no lock; a change makes the next state.</summary>
internal sealed record RegistryState
{
    public static RegistryState Empty { get; } = new();

    /// <summary>The commits that led here; their count is the number of the next one.</summary>
    public ImmutableList<RegistryCommit> Commits { get; private init; } = [];

    public long Version => Commits.Count;

    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<int, FeatureGroupSchema>> Groups { get; private init; } =
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<int, FeatureGroupSchema>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was said that a feature or source was made from, by the name that was said.</summary>
    public ImmutableDictionary<string, IReadOnlyList<string>> Lineage { get; private init; } =
        ImmutableDictionary.Create<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The definitions of group versions that have any, by the version's qualified name.</summary>
    public ImmutableDictionary<string, IReadOnlyList<VirtualFeatureDefinition>> Definitions { get; private init; } =
        ImmutableDictionary.Create<string, IReadOnlyList<VirtualFeatureDefinition>>(StringComparer.OrdinalIgnoreCase);

    public ImmutableSortedDictionary<string, Deprecation> Deprecations { get; private init; } =
        ImmutableSortedDictionary.Create<string, Deprecation>(StringComparer.OrdinalIgnoreCase);

    public ImmutableSortedDictionary<string, ImmutableList<SavedTrainingSet>> TrainingSets { get; private init; } =
        ImmutableSortedDictionary.Create<string, ImmutableList<SavedTrainingSet>>(StringComparer.OrdinalIgnoreCase);

    public RegistryState Apply(IReadOnlyList<RegistryCommit> commits)
    {
        var state = this;
        foreach (var commit in commits) state = state.Apply(commit.Change, commit);
        return state with { Commits = Commits.AddRange(commits) };
    }

    public RegistryState Apply(RegistryChange change, RegistryCommit commit) => change switch
    {
        GroupRegistered registered => With(registered.Schema),
        GroupRemoved removed => this with
        {
            Groups = Groups.Remove(removed.Name),
            Definitions = Definitions.RemoveRange(Definitions.Keys.Where(name => IsOf(removed.Name, name))),
            Deprecations = Deprecations.RemoveRange(Deprecations.Keys.Where(name => IsOf(removed.Name, name))),
        },
        LineageSet lineage => this with { Lineage = Lineage.SetItem(lineage.Name, lineage.Dependencies) },
        FeaturesDefined defined => this with { Definitions = Definitions.SetItem(new RegistryName(defined.Group, defined.GroupVersion, null).ToString(), defined.Definitions) },
        NameDeprecated deprecated => this with
        {
            Deprecations = Deprecations.SetItem(deprecated.Name, new Deprecation(deprecated.Name, deprecated.Reason, deprecated.UseInstead, commit.Time, commit.Author)),
        },
        DeprecationLifted lifted => this with { Deprecations = Deprecations.Remove(lifted.Name) },
        TrainingSetSaved saved => this with { TrainingSets = TrainingSets.SetItem(saved.TrainingSet.Name, VersionsOf(saved.TrainingSet.Name).Add(saved.TrainingSet with { CreatedTime = commit.Time, Author = commit.Author })) },
        ChangedTogether together => together.Changes.Aggregate(this, (state, part) => state.Apply(part, commit)),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    /// <summary>The registry as it would be with a schema.</summary>
    public RegistryState With(FeatureGroupSchema schema) => this with { Groups = Add(schema) };

    public FeatureGroupSchema? Find(string name, int? version)
    {
        if (!Groups.TryGetValue(name, out var versions)) return null;
        return version is null ? Latest(versions) : versions.GetValueOrDefault(version.Value);
    }

    /// <summary>The latest versions of all groups, by name.</summary>
    public IEnumerable<FeatureGroupSchema> LatestGroups => Groups.Values.Select(Latest);

    public IReadOnlyList<VirtualFeatureDefinition> DefinitionsOf(FeatureGroupSchema group) => Definitions.GetValueOrDefault(group.QualifiedName) ?? [];

    /// <summary>The versions of a training set, oldest first; the first is version 1.</summary>
    public ImmutableList<SavedTrainingSet> VersionsOf(string trainingSet) => TrainingSets.GetValueOrDefault(trainingSet) ?? [];

    /// <summary>The most particular deprecation that concerns a feature, or, without one, a group version; null where there is none.</summary>
    public Deprecation? FindDeprecation(FeatureGroupSchema group, FeatureSchema? feature)
    {
        if (Deprecations.IsEmpty) return null;
        foreach (var name in (RegistryName[])[
            new(group.Name, group.Version, feature?.Name), new(group.Name, null, feature?.Name), new(group.Name, group.Version, null), new(group.Name, null, null)])
            if (Deprecations.TryGetValue(name.ToString(), out var found)) return found;
        return null;
    }

    private static FeatureGroupSchema Latest(ImmutableSortedDictionary<int, FeatureGroupSchema> versions) =>
        versions.Count == 1 ? versions.First().Value : versions[versions.Keys.Max()];

    private static bool IsOf(string group, string name) => RegistryName.Parse(name).Group.Equals(group, StringComparison.OrdinalIgnoreCase);

    private ImmutableSortedDictionary<string, ImmutableSortedDictionary<int, FeatureGroupSchema>> Add(FeatureGroupSchema schema)
    {
        var versions = Groups.GetValueOrDefault(schema.Name) ?? ImmutableSortedDictionary<int, FeatureGroupSchema>.Empty;
        return Groups.SetItem(schema.Name, versions.SetItem(schema.Version, schema));
    }
}
