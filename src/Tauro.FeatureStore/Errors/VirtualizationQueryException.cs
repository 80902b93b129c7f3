namespace Tauro.FeatureStore;

/// <summary>An engine could not run a query.</summary>
public class VirtualizationQueryException : FeatureStoreException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public VirtualizationQueryException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>Where in the caller's SQL the fault is; null where the engine did not say, or where it is not in the caller's text.</summary>
    public SqlPosition? Position { get; init; }
}
