namespace Tauro.FeatureStore;

/// <summary>A pipeline does not hold together, or one of its nodes failed; what the node threw is the inner exception.</summary>
public sealed class PipelineException : FeatureStoreException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public PipelineException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>The node concerned, or null where it is the pipeline as a whole.</summary>
    public string? Node { get; init; }

    /// <inheritdoc/>
    public override bool IsTransient => InnerException is FeatureStoreException { IsTransient: true };
}
