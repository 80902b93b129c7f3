namespace Tauro.FeatureStore;

/// <summary>
/// What an engine is asked to read, after names, versions, types and rules have been resolved: the same for every engine, and all that one needs to know.
/// </summary>
/// <remarks>
/// All times in a plan are UTC microseconds since 1970. A row's <em>order</em> is (event time, created time, write sequence), greatest last. A row is
/// <em>visible</em> from its event time plus the delay, and, where the plan says <em>known as of</em>, not before its created time.
/// </remarks>
public abstract record RetrievalPlan
{
    private protected RetrievalPlan()
    {
    }

    /// <summary>What the engine that runs the plan notes about it.</summary>
    internal PlanNotes Notes { get; init; } = new();

    /// <summary>Everything that the plan reads from, but the spine.</summary>
    internal abstract IEnumerable<PlanSource> Sources { get; }
}

/// <summary>
/// For each row of a spine and each read, the values of one feature row: the greatest in order among the rows of equal keys that are visible and not too old.
/// </summary>
/// <remarks>
/// The answer is a stream of batches with the rows of the spine in their order, one for one, and the columns of the reads in theirs: the outputs of a read,
/// then its matched event time and its match mark where they are asked for. Where no row answers, all of them are null, and the mark is false.
/// </remarks>
public sealed record AsOfPlan : RetrievalPlan
{
    /// <summary>The keys and the time of each row, nothing else. Keys may be null, and then match nothing; a null time matches nothing.</summary>
    public required FeatureTable Spine { get; init; }

    /// <summary>The spine's column that holds the moment of each row: a timestamp.</summary>
    public required string TimeColumn { get; init; }

    /// <summary>The reads, each answered on its own.</summary>
    public required IReadOnlyList<AsOfRead> Reads { get; init; }

    internal override IEnumerable<PlanSource> Sources => Reads.Select(read => read.Rows.Source);
}

/// <summary>One use of one group in an <see cref="AsOfPlan"/>.</summary>
public sealed record AsOfRead
{
    /// <summary>The rows and their times.</summary>
    public required SourceRows Rows { get; init; }

    /// <summary>The keys that must be equal; none where the group holds global values.</summary>
    public required IReadOnlyList<KeyMatch> Keys { get; init; }

    /// <summary>The columns wanted.</summary>
    public required IReadOnlyList<PlanOutput> Outputs { get; init; }

    /// <summary>When a row counts.</summary>
    public required VisibilityRule Visibility { get; init; }

    /// <summary>Only rows in which this column is not null take part; null where all do.</summary>
    public PlanColumn? NotNull { get; init; }

    /// <summary>The name of an output column with the event time of the row that answered, or null where it is not asked for.</summary>
    public string? EventTimeOutput { get; init; }

    /// <summary>The name of a boolean output column that says whether a row answered, or null where it is not asked for.</summary>
    public string? MatchOutput { get; init; }
}

/// <summary>The distinct entities that have an answer at one moment. The order of the rows is the engine's.</summary>
public sealed record EntitiesPlan : RetrievalPlan
{
    /// <summary>The rows and their times.</summary>
    public required SourceRows Rows { get; init; }

    /// <summary>The key columns, which are the columns of the answer.</summary>
    public required IReadOnlyList<PlanOutput> Keys { get; init; }

    /// <summary>The moment, in microseconds.</summary>
    public required long Moment { get; init; }

    /// <summary>When a row counts.</summary>
    public required VisibilityRule Visibility { get; init; }

    internal override IEnumerable<PlanSource> Sources => [Rows.Source];
}

/// <summary>All rows whose event time is in a range, ordered by keys and then by their order.</summary>
public sealed record RangePlan : RetrievalPlan
{
    /// <summary>The rows and their times.</summary>
    public required SourceRows Rows { get; init; }

    /// <summary>The key columns to order by, first to last.</summary>
    public required IReadOnlyList<PlanColumn> Keys { get; init; }

    /// <summary>The columns of the answer.</summary>
    public required IReadOnlyList<PlanOutput> Outputs { get; init; }

    /// <summary>The first moment of the range, in microseconds.</summary>
    public required long From { get; init; }

    /// <summary>The first moment after the range, in microseconds.</summary>
    public required long To { get; init; }

    internal override IEnumerable<PlanSource> Sources => [Rows.Source];
}

/// <summary>The rows of a source, and where their times stand.</summary>
/// <param name="Source">Where the rows are.</param>
/// <param name="EventTime">The column of the event time, a timestamp or a date; null for static rows, whose event time is before everything.</param>
/// <param name="CreatedTime">The timestamp column of the created time; null where the source itself knows it.</param>
public sealed record SourceRows(PlanSource Source, PlanColumn? EventTime, PlanColumn? CreatedTime);

/// <summary>When a row counts for a moment t.</summary>
/// <param name="Delay">Microseconds from its event time until a row is visible; zero or more.</param>
/// <param name="Lookback">The greatest age in microseconds, counted from the event time; null for unlimited.</param>
/// <param name="AllowExactMatches">Whether a row that becomes visible exactly at t counts.</param>
/// <param name="KnownAsOf">Whether only rows with a created time at or before t count.</param>
public sealed record VisibilityRule(long Delay, long? Lookback, bool AllowExactMatches, bool KnownAsOf);

/// <summary>A column of a source and its type.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">The type of its values.</param>
public sealed record PlanColumn(string Name, DataType Type);

/// <summary>A column of a source and the name it has in the answer.</summary>
/// <param name="Column">The source's column. Where a file of the source lacks it, its values are null.</param>
/// <param name="Name">The name in the answer.</param>
public sealed record PlanOutput(PlanColumn Column, string Name);

/// <summary>A key that must be equal on both sides. Null equals nothing.</summary>
/// <param name="SpineColumn">The spine's column, already of type <paramref name="Type"/>.</param>
/// <param name="SourceColumn">The source's column.</param>
/// <param name="Type">The type in which the two are compared: that of the source's column or one that holds all its values.</param>
public sealed record KeyMatch(string SpineColumn, PlanColumn SourceColumn, DataType Type);
