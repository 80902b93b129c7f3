namespace Tauro.FeatureStore;

/// <summary>The stored registry or a table's stored metadata cannot be read.</summary>
public class MetadataException : FeatureStoreException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public MetadataException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
