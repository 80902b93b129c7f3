namespace Tauro.FeatureStore;

/// <summary>What an engine sees of its tables without reading them. An executor implements it where its engine can.</summary>
internal interface ISourceVersions
{
    /// <summary>A text that is another one after any of the tables has changed, as far as the engine can see that.</summary>
    /// <param name="tables">The names of the tables; what the engine does not know is left out.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    Task<string> FindVersionAsync(IReadOnlyList<string> tables, CancellationToken cancellationToken);
}
