namespace Tauro.FeatureStore;

/// <summary>An engine did not answer within the time that it was given; the query was stopped.</summary>
public sealed class QueryTimeoutException : VirtualizationQueryException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public QueryTimeoutException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>How long the caller waited.</summary>
    public TimeSpan Timeout { get; init; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
