namespace Tauro.FeatureStore;

/// <summary>The root of what this library throws when a feature store cannot do what it was asked.</summary>
/// <remarks>A null argument and the like are the base class library's <see cref="ArgumentException"/>; a cancelled call is <see cref="OperationCanceledException"/>.</remarks>
public class FeatureStoreException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public FeatureStoreException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>The feature group concerned, or null.</summary>
    public string? FeatureGroup { get; init; }

    /// <summary>Whether the same call may succeed when it is tried again.</summary>
    public virtual bool IsTransient => false;
}
