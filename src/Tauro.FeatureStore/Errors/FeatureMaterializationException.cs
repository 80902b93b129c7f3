namespace Tauro.FeatureStore;

/// <summary>A materialized table could not be written or read.</summary>
public class FeatureMaterializationException : FeatureStoreException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public FeatureMaterializationException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
