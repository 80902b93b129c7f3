namespace Tauro.FeatureStore;

/// <summary>Where the nodes of a pipeline publish their outputs. What was published can be loaded by the nodes after.</summary>
public interface IOutputManager
{
    /// <summary>Publishes an output, and takes it over: it is no longer the node's to dispose.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="table">The rows.</param>
    /// <param name="cancellationToken">Stops the publishing.</param>
    Task SaveAsync(string name, FeatureTable table, CancellationToken cancellationToken = default);
}
