namespace Tauro.FeatureStore;

/// <summary>A Spark server could not run a query, or could not be reached.</summary>
public sealed class SparkQueryException : VirtualizationQueryException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public SparkQueryException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>Spark's name for the error, such as <c>TABLE_OR_VIEW_NOT_FOUND</c>; null where Spark gave none.</summary>
    public string? ErrorClass { get; init; }

    /// <summary>The SQL state of the error, such as <c>42P01</c>; null where Spark gave none.</summary>
    public string? SqlState { get; init; }

    /// <summary>Whether the server or the way to it failed, rather than the query.</summary>
    public bool IsConnectionLost { get; init; }

    /// <inheritdoc/>
    public override bool IsTransient => IsConnectionLost;
}
