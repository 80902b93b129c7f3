namespace Tauro.FeatureStore.Engines;

/// <summary>What DuckDB reported. It never leaves the engine: an operation says what was run when it hands the message on.</summary>
internal sealed class DuckDBEngineException(string message, bool interrupted) : Exception(message)
{
    /// <summary>Whether DuckDB stopped because it was told to.</summary>
    public bool Interrupted { get; } = interrupted;

    /// <summary>DuckDB's word for what went wrong, such as <c>Binder</c> or <c>Conversion</c>; null where the message is not DuckDB's.</summary>
    public string? Kind { get; init; }

    /// <summary>The statement that DuckDB had, where its report names a place in it.</summary>
    public string? Statement { get; init; }

    /// <summary>The place in the statement, as an index of its characters.</summary>
    public int Index { get; init; }

    /// <summary>Where in a caller's query the fault is: the query is the statement, or stands in it whole. Null where the fault is not in the caller's text.</summary>
    public SqlPosition? In(string query)
    {
        // What ends the text, a semicolon and what follows it, is not nested.
        var nested = query.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? query[..end] : query;
        if (Statement is not { } statement || nested.Length == 0) return null;
        for (var start = statement.IndexOf(nested, StringComparison.Ordinal); start >= 0; start = statement.IndexOf(nested, start + 1, StringComparison.Ordinal))
        {
            var index = Index - start;
            if (index >= 0 && index <= query.Length && statement.AsSpan(start, index).SequenceEqual(query.AsSpan(0, index))) return SqlPosition.Of(query, index);
        }

        return null;
    }
}
