namespace Tauro.FeatureStore;

/// <summary>A feature group, or a version of one, is not registered.</summary>
public sealed class FeatureGroupNotFoundException : FeatureStoreException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public FeatureGroupNotFoundException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
