namespace Tauro.FeatureStore;

/// <summary>A schema, or rows that should follow one, break a rule.</summary>
public class SchemaValidationException : FeatureStoreException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">The object, what was wrong with it, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public SchemaValidationException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>The column concerned, or null.</summary>
    public string? Column { get; init; }

    /// <summary>The row concerned, counted from zero, or null where the fault is in no single row.</summary>
    public long? Row { get; init; }

    /// <summary>The place in the text of SQL that is no single query, or null where no such text is at fault.</summary>
    public SqlPosition? Position { get; init; }
}
