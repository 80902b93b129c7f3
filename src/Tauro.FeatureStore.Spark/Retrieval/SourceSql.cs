namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>A source as SQL reads it: what stands after FROM, and how the parts of a row's order are written there. All times are microseconds.</summary>
/// <param name="From">A table expression with the source's columns under their names.</param>
/// <param name="EventTime">The event time; the least number for static rows.</param>
/// <param name="CreatedTime">The created time; the least number where all rows were known from the beginning.</param>
/// <param name="Sequence">The write sequence as one number.</param>
/// <param name="HasOwnCreatedTime">Whether created times stand in a column, so that they may order rows otherwise than the sequence does.</param>
internal sealed record SourceSql(string From, string EventTime, string CreatedTime, string Sequence, bool HasOwnCreatedTime)
{
    /// <summary>Whether the order of writing tells rows of equal times apart. Where it does not, such rows are an error.</summary>
    public bool HasSequence { get; init; } = true;

    /// <summary>The column with the moment that a row was computed for, in microseconds; null where rows hold for all moments.</summary>
    public string? Moment { get; init; }

    /// <summary>The values of the caller's query, which no error shows; null where there is no such query.</summary>
    public SqlValues? Values { get; init; }

    /// <summary>Before everything: the event time of static rows.</summary>
    public static string Beginning { get; } = SparkLiteral.Whole(long.MinValue);

    /// <summary>The order of rows with equal event times.</summary>
    public IEnumerable<string> OrderWithinTime => HasOwnCreatedTime ? [CreatedTime, Sequence] : [Sequence];

    /// <summary>
    /// An expression that is true, but an error where more than one row has the same keys and times.
    /// </summary>
    /// <param name="count">How many rows have them.</param>
    /// <param name="keys">The names of the keys, and the expressions of their values.</param>
    /// <param name="rows">Whose the keys are.</param>
    /// <param name="times">The expression of an event time in microseconds.</param>
    public static string NoTwins(string count, IEnumerable<(string Name, string Value)> keys, SourceRows rows, string times)
    {
        var shown = keys.Select(key => $"{SparkLiteral.Text($"{key.Name} = ")}, ifnull(CAST({key.Value} AS STRING), 'null')").ToList();
        if (rows.EventTime is { } eventTime) shown.Add($"{SparkLiteral.Text($"{eventTime.Name} = ")}, CAST(timestamp_micros({times}) AS STRING)");
        var text = shown.Count == 0 ? "'the only entity'" : string.Join(", ', ', ", shown);
        const string Remedy = ", and nothing tells which of them answers. Return one row for each, or a column with the created time, and name it as CreatedColumn.";
        return $"CASE WHEN {count} > 1 THEN CAST(raise_error(concat('The query returns two rows for ', {text}, {SparkLiteral.Text(Remedy)})) AS BOOLEAN) ELSE true END";
    }

    /// <summary>A timestamp or a date as the microseconds since 1970.</summary>
    public static string Microseconds(PlanColumn column)
    {
        var name = SparkDialect.Instance.Identifier(column.Name);
        return column.Type.Kind == DataTypeKind.Date ? $"unix_date({name}) * {SparkLiteral.Whole(UtcTime.MicrosecondsPerDay)}" : $"unix_micros({name})";
    }

    /// <summary>A condition on a time column itself, so that Spark skips files and row groups by their statistics: from one moment to another, both included.</summary>
    public static IEnumerable<string> Between(PlanColumn column, long? first, long? last)
    {
        var name = SparkDialect.Instance.Identifier(column.Name);
        var isDate = column.Type.Kind == DataTypeKind.Date;
        if (first is { } from && from > UtcTime.MinValue)
            yield return from > UtcTime.MaxValue ? "false" : $"{name} >= {(isDate ? SparkLiteral.Date(DayFrom(from)) : SparkLiteral.Timestamp(from))}";
        if (last is { } to && to < UtcTime.MaxValue)
            yield return to < UtcTime.MinValue ? "false" : $"{name} <= {(isDate ? SparkLiteral.Date(DayTo(to)) : SparkLiteral.Timestamp(to))}";
    }

    /// <summary>The first day whose midnight is not before a moment.</summary>
    private static int DayFrom(long moment) => (int)-FloorDay(-moment);

    private static int DayTo(long moment) => (int)FloorDay(moment);

    private static long FloorDay(long moment) => (long)Math.Floor((decimal)moment / UtcTime.MicrosecondsPerDay);
}
