namespace Tauro.FeatureStore;

/// <summary>One step of a pipeline. It may be run by any runner, any number of times, and holds nothing of a run.</summary>
public interface IPipelineNode
{
    /// <summary>The node's name, unique in its pipeline without regard to case.</summary>
    string Name { get; }

    /// <summary>What the node reads: outputs of other nodes, which then run before it, and inputs from outside of the pipeline.</summary>
    IReadOnlyList<string> Inputs { get; }

    /// <summary>What the node publishes.</summary>
    IReadOnlyList<string> Outputs { get; }

    /// <summary>The names of further nodes that run before this one, such as the one that writes what this one reads from a store.</summary>
    IReadOnlyList<string> DependsOn => [];

    /// <summary>Does the node's work.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    Task ExecuteAsync(IPipelineContext context, CancellationToken cancellationToken = default);
}
