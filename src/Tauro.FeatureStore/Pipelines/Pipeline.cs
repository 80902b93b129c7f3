using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

/// <summary>Nodes, and a small runner for them: each runs after the nodes that it depends on, and beside those that it does not.</summary>
/// <remarks>A node depends on the nodes whose outputs it reads and on those that it names in <see cref="IPipelineNode.DependsOn"/>. Immutable; it may be run many times.</remarks>
public sealed class Pipeline
{
    private readonly PipelineGraph _graph;

    /// <summary>Makes a pipeline.</summary>
    /// <param name="name">Its name, as logs and errors show it.</param>
    /// <param name="nodes">Its nodes, in any order.</param>
    /// <exception cref="PipelineException">Two nodes have one name or publish one output, a node depends on one that is missing, or nodes depend on each other in a circle.</exception>
    public Pipeline(string name, params IReadOnlyList<IPipelineNode> nodes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(nodes);
        Name = name;
        _graph = new PipelineGraph(name, nodes);
    }

    /// <summary>The pipeline's name.</summary>
    public string Name { get; }

    /// <summary>The nodes, each after those that it depends on, and otherwise in the order in which they were given.</summary>
    public IReadOnlyList<IPipelineNode> Nodes => _graph.Nodes;

    /// <summary>How many nodes may run at one time.</summary>
    /// <value>The default is the number of processors. At least 1.</value>
    public int MaxParallelNodes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = System.Environment.ProcessorCount;

    /// <summary>Runs all nodes. When one fails, those that run beside it are stopped and no further one is started; what nodes had done before stays done.</summary>
    /// <param name="context">The run.</param>
    /// <param name="progress">Told after each node; null for none.</param>
    /// <param name="cancellationToken">Stops the nodes that run, and starts no further one.</param>
    /// <returns>What was run, in the order of the ends.</returns>
    /// <exception cref="PipelineException">A node failed; the message and <see cref="PipelineException.Node"/> name it.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task<PipelineRun> RunAsync(IPipelineContext context, IProgress<NodeRun>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var run = new PipelineExecution(Name, _graph, context, MaxParallelNodes, progress, context.LoggerFactory.CreateLogger<Pipeline>(), cancellationToken);
        return await run.RunAsync().ConfigureAwait(false);
    }
}

/// <summary>What a run did.</summary>
/// <param name="Nodes">The nodes in the order of their ends.</param>
/// <param name="Elapsed">How long the run took.</param>
public sealed record PipelineRun(IReadOnlyList<NodeRun> Nodes, TimeSpan Elapsed);

/// <summary>A node that has run.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record NodeRun(string Node, TimeSpan Elapsed);
