namespace Tauro.FeatureStore;

/// <summary>Another writer committed first, and the two writes do not go together. Nothing was written.</summary>
public sealed class WriteConflictException : FeatureMaterializationException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public WriteConflictException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
