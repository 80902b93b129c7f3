namespace Tauro.FeatureStore;

/// <summary>The nodes of a pipeline in an order in which they can run, and what each waits for.</summary>
internal sealed class PipelineGraph
{
    private readonly string _pipeline;
    private readonly Dictionary<string, IPipelineNode> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IPipelineNode> _byOutput = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<IPipelineNode, IReadOnlyList<IPipelineNode>> _before = [];
    private readonly List<IPipelineNode> _ordered = [];

    public PipelineGraph(string pipeline, IReadOnlyList<IPipelineNode> nodes)
    {
        _pipeline = pipeline;
        foreach (var node in nodes) Add(node);
        foreach (var node in nodes) _before[node] = FindBefore(node);
        foreach (var node in nodes) Place(node, []);
    }

    public IReadOnlyList<IPipelineNode> Nodes => _ordered;

    public IReadOnlyList<IPipelineNode> Before(IPipelineNode node) => _before[node];

    private void Add(IPipelineNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!_byName.TryAdd(node.Name, node)) throw Refused(node, $"has two nodes with the name '{node.Name}'. Rename one");
        foreach (var output in node.Outputs)
            if (!_byOutput.TryAdd(output, node)) throw Refused(node, $"has two nodes that publish '{output}': '{_byOutput[output].Name}' and '{node.Name}'. Rename one output");
    }

    private IReadOnlyList<IPipelineNode> FindBefore(IPipelineNode node)
    {
        var before = new List<IPipelineNode>();
        foreach (var input in node.Inputs)
            if (_byOutput.TryGetValue(input, out var publisher)) before.Add(publisher);
        foreach (var name in node.DependsOn)
            before.Add(_byName.TryGetValue(name, out var named)
                ? named
                : throw Refused(node, $"has no node '{name}', on which '{node.Name}' depends. It has: {string.Join(", ", _byName.Keys)}"));
        return [.. before.Distinct()];
    }

    /// <summary>Puts a node after all that it waits for.</summary>
    private void Place(IPipelineNode node, List<IPipelineNode> path)
    {
        if (_ordered.Contains(node)) return;
        if (path.IndexOf(node) is >= 0 and var start)
            throw Refused(node, $"goes in a circle: {string.Join(" -> ", path.Skip(start).Append(node).Select(part => part.Name))}");
        path.Add(node);
        foreach (var before in _before[node]) Place(before, path);
        path.RemoveAt(path.Count - 1);
        _ordered.Add(node);
    }

    private PipelineException Refused(IPipelineNode node, string what) => new($"The pipeline '{_pipeline}' {what}.") { Node = node.Name };
}
