namespace Tauro.FeatureStore.Engines;

/// <summary>What DuckDB reported. It never leaves the engine: an operation says what was run when it hands the message on.</summary>
internal sealed class DuckDBEngineException(string message, bool interrupted) : Exception(message)
{
    /// <summary>Whether DuckDB stopped because it was told to.</summary>
    public bool Interrupted { get; } = interrupted;
}
