namespace Tauro.FeatureStore;

/// <summary>A table uses a format or a feature that this version does not understand.</summary>
public sealed class UnsupportedTableException : FeatureMaterializationException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public UnsupportedTableException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
