namespace Tauro.FeatureStore;

/// <summary>A change to the registry was refused.</summary>
public class FeatureRegistryException : FeatureStoreException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public FeatureRegistryException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
