namespace Tauro.FeatureStore.Engines;

/// <summary>The names that plans give to what is theirs. The prefix is reserved, so no group, feature or key has one of them.</summary>
internal static class Names
{
    /// <summary>The rows of the spine.</summary>
    public const string Spine = "__spine";

    /// <summary>The temporary table with the rows of a spine of one moment.</summary>
    public const string SpineRows = "__spine_rows";

    /// <summary>The number of a row.</summary>
    public const string Row = "__row";

    /// <summary>The moment of a row of the spine, in microseconds.</summary>
    public const string Moment = "__moment";

    /// <summary>The event time of a row of a source, in microseconds.</summary>
    public const string Event = "__event";

    /// <summary>The created time of a row of a source, in microseconds.</summary>
    public const string Created = "__created";

    /// <summary>The write sequence of a row of a source.</summary>
    public const string Sequence = "__sequence";

    /// <summary>The first moment at which a row of a source is visible, in microseconds.</summary>
    public const string Visible = "__visible";

    /// <summary>What an as-of join compares: a place in the order of the rows of a source.</summary>
    public const string Place = "__place";

    /// <summary>The moment that the rows of a query were computed for, in microseconds.</summary>
    public const string AsOf = "__as_of";

    /// <summary>A key of a source.</summary>
    public static string Key(int index) => $"__key{index}";

    /// <summary>The temporary table with the rows of a table in memory.</summary>
    public static string Table(int index) => $"__table{index}";

    /// <summary>The temporary table with the rows of a query.</summary>
    public static string Sql(int index) => $"__sql{index}";

    /// <summary>The temporary table with the answer of a read.</summary>
    public static string Answer(int index) => $"__answer{index}";
}
