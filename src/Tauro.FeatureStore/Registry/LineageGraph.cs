using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tauro.FeatureStore;

/// <summary>
/// What is made from what: sources, definitions of virtual features, features, groups and saved training sets, as the registry knew them at one moment. Immutable,
/// without cycles.
/// </summary>
public sealed class LineageGraph
{
    private static readonly ConditionalWeakTable<RegistryState, LineageGraph> Known = [];

    private readonly Dictionary<LineageNode, List<LineageNode>> _upstream = [];
    private readonly Dictionary<LineageNode, List<LineageNode>> _downstream = [];
    private readonly LineageWalk _walk;

    private LineageGraph(LineageWalk walk, IEnumerable<LineageNode> nodes, Func<LineageNode, IEnumerable<LineageNode>> upstreamOf)
    {
        _walk = walk;
        var open = new Stack<LineageNode>(nodes);
        while (open.TryPop(out var node))
        {
            if (_upstream.ContainsKey(node)) continue;
            List<LineageNode> upstream = [.. upstreamOf(node).Distinct()];
            _upstream.Add(node, upstream);
            foreach (var used in upstream)
            {
                if (!_downstream.TryGetValue(used, out var makers)) _downstream.Add(used, makers = []);
                makers.Add(node);
                open.Push(used);
            }
        }

        Nodes = [.. _upstream.Keys.OrderBy(node => node.Kind).ThenBy(node => node.Name, StringComparer.OrdinalIgnoreCase)];
        Edges = [.. Nodes.SelectMany(node => _upstream[node].Select(used => new LineageEdge(used, node)))
            .OrderBy(edge => edge.From.Name, StringComparer.OrdinalIgnoreCase).ThenBy(edge => edge.To.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>All nodes, by kind and name.</summary>
    public IReadOnlyList<LineageNode> Nodes { get; }

    /// <summary>All edges, each from what is used to what is made from it, sorted by their names.</summary>
    public IReadOnlyList<LineageEdge> Edges { get; }

    /// <summary>The node that a name stands for: a group, a feature, <c>training_set:name</c>, else a source; null where the lineage has none.</summary>
    /// <param name="name">The name, without regard to case, as <see cref="LineageNode.Name"/> describes it. Without a version it is the latest.</param>
    public LineageNode? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var node = _walk.Resolve(name);
        return Nodes.FirstOrDefault(known => known.Equals(node)) ?? Nodes.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>All that a node is made from, through any number of steps, sorted.</summary>
    /// <param name="node">The node.</param>
    public IReadOnlyList<LineageNode> Upstream(LineageNode node) => Sorted(Walk(node, of => _upstream.GetValueOrDefault(of) ?? []));

    /// <summary>All that is made from a node, through any number of steps, sorted.</summary>
    /// <param name="node">The node.</param>
    public IReadOnlyList<LineageNode> Downstream(LineageNode node) => Sorted(Walk(node, of => _downstream.GetValueOrDefault(of) ?? []));

    /// <summary>The part of the graph that a node belongs to: itself, what it is made from, and what is made from it.</summary>
    /// <param name="node">The node.</param>
    public LineageGraph Around(LineageNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        HashSet<LineageNode> part = [node, .. Upstream(node), .. Downstream(node)];
        return new LineageGraph(_walk, part, of => (_upstream.GetValueOrDefault(of) ?? []).Where(part.Contains));
    }

    /// <summary>The graph in the language of Graphviz.</summary>
    public string ToGraphviz()
    {
        var text = new StringBuilder("digraph lineage {\n  rankdir=LR;\n  node [shape=box];\n");
        var ids = Ids();
        foreach (var node in Nodes)
            text.Append(CultureInfo.InvariantCulture, $"  {ids[node]} [label=\"{node.Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\", shape={ShapeOf(node.Kind)}];\n");
        foreach (var edge in Edges) text.Append(CultureInfo.InvariantCulture, $"  {ids[edge.From]} -> {ids[edge.To]};\n");
        return text.Append("}\n").ToString();
    }

    /// <summary>The graph as a Mermaid flow chart, which Markdown pages show.</summary>
    public string ToMermaid()
    {
        var text = new StringBuilder("flowchart LR\n");
        var ids = Ids();
        foreach (var node in Nodes)
        {
            var (open, close) = BracketsOf(node.Kind);
            text.Append(CultureInfo.InvariantCulture, $"  {ids[node]}{open}\"{node.Name.Replace("#", "#35;", StringComparison.Ordinal).Replace("\"", "#quot;", StringComparison.Ordinal)}\"{close}\n");
        }

        foreach (var edge in Edges) text.Append(CultureInfo.InvariantCulture, $"  {ids[edge.From]} --> {ids[edge.To]}\n");
        return text.ToString();
    }

    /// <summary>The lineage of a registry.</summary>
    internal static LineageGraph Of(RegistryState state) => Known.GetValue(state, static state =>
    {
        var walk = new LineageWalk(state);
        return new LineageGraph(walk, walk.Nodes(), walk.DirectlyUpstream);
    });

    /// <summary>All nodes that can be reached from one by steps of one kind. The start is among them only where it can be reached from itself.</summary>
    internal static HashSet<LineageNode> Walk(LineageNode start, Func<LineageNode, IEnumerable<LineageNode>> next)
    {
        var seen = new HashSet<LineageNode>();
        var open = new Stack<LineageNode>(next(start));
        while (open.TryPop(out var node))
            if (seen.Add(node))
                foreach (var further in next(node)) open.Push(further);
        return seen;
    }

    private static IReadOnlyList<LineageNode> Sorted(IEnumerable<LineageNode> nodes) => [.. nodes.OrderBy(node => node.Name, StringComparer.OrdinalIgnoreCase).ThenBy(node => node.Kind)];

    private Dictionary<LineageNode, string> Ids() => Nodes.Select((node, i) => (node, i)).ToDictionary(item => item.node, item => string.Create(CultureInfo.InvariantCulture, $"n{item.i}"));

    private static string ShapeOf(LineageKind kind) => kind switch
    {
        LineageKind.Source => "cylinder",
        LineageKind.Definition => "note",
        LineageKind.Feature => "ellipse",
        LineageKind.Group => "box",
        _ => "folder",
    };

    private static (string Open, string Close) BracketsOf(LineageKind kind) => kind switch
    {
        LineageKind.Source => ("[(", ")]"),
        LineageKind.Definition => ("[/", "/]"),
        LineageKind.Feature => ("([", "])"),
        LineageKind.Group => ("[", "]"),
        _ => ("[[", "]]"),
    };
}
