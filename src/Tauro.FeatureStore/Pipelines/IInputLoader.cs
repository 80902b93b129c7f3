namespace Tauro.FeatureStore;

/// <summary>Where the nodes of a pipeline read their inputs.</summary>
public interface IInputLoader
{
    /// <summary>Loads an input.</summary>
    /// <param name="name">The input's name: that of a node before, or of a source outside of the pipeline.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <returns>The rows. They belong to the loader: the node reads them and does not dispose them.</returns>
    /// <exception cref="PipelineException">There is no such input; the message lists those there are.</exception>
    Task<FeatureTable> LoadAsync(string name, CancellationToken cancellationToken = default);
}
