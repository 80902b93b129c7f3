namespace Tauro.FeatureStore;

/// <summary>A feature that was asked for is not registered, or its name stands for several.</summary>
public sealed class FeatureNotFoundException : FeatureStoreException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public FeatureNotFoundException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>The feature as it was asked for.</summary>
    public string? Feature { get; init; }
}
