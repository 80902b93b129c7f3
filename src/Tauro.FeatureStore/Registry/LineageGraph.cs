using System.Collections.Immutable;

namespace Tauro.FeatureStore;

/// <summary>What was made from what: edges from a feature or source to those it depends on. Immutable, without cycles.</summary>
internal sealed class LineageGraph
{
    private readonly ImmutableSortedDictionary<string, ImmutableSortedSet<string>> _dependencies;

    private LineageGraph(ImmutableSortedDictionary<string, ImmutableSortedSet<string>> dependencies) => _dependencies = dependencies;

    public static LineageGraph Empty { get; } = new(ImmutableSortedDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.OrdinalIgnoreCase));

    public LineageGraph Set(string name, IEnumerable<string> dependencies) =>
        new(_dependencies.SetItem(name, dependencies.ToImmutableSortedSet(StringComparer.OrdinalIgnoreCase)));

    /// <summary>What a name depends on directly.</summary>
    public IReadOnlyList<string> DependenciesOf(string name) => [.. Direct(name)];

    /// <summary>All that a name depends on, through any number of steps.</summary>
    public IReadOnlyList<string> Upstream(string name) => Walk(name, Direct);

    /// <summary>All that depends on a name, through any number of steps.</summary>
    public IReadOnlyList<string> Downstream(string name) =>
        Walk(name, node => _dependencies.Where(entry => entry.Value.Contains(node)).Select(entry => entry.Key));

    private IEnumerable<string> Direct(string name) => _dependencies.TryGetValue(name, out var found) ? found : [];

    private static IReadOnlyList<string> Walk(string start, Func<string, IEnumerable<string>> next)
    {
        var seen = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        var open = new Queue<string>(next(start));
        while (open.TryDequeue(out var node))
            if (seen.Add(node))
                foreach (var further in next(node)) open.Enqueue(further);
        return [.. seen];
    }
}
