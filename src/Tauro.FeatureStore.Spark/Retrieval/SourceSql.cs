namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>A source as SQL reads it: what stands after FROM, and how the parts of a row's order are written there. All times are microseconds.</summary>
/// <param name="From">A table expression with the source's columns under their names.</param>
/// <param name="EventTime">The event time; the least number for static rows.</param>
/// <param name="CreatedTime">The created time; the least number where all rows were known from the beginning.</param>
/// <param name="Sequence">The write sequence as one number.</param>
/// <param name="HasOwnCreatedTime">Whether created times stand in a column, so that they may order rows otherwise than the sequence does.</param>
internal sealed record SourceSql(string From, string EventTime, string CreatedTime, string Sequence, bool HasOwnCreatedTime)
{
    /// <summary>Before everything: the event time of static rows.</summary>
    public static string Beginning { get; } = SparkLiteral.Whole(long.MinValue);

    /// <summary>The order of rows with equal event times.</summary>
    public IEnumerable<string> OrderWithinTime => HasOwnCreatedTime ? [CreatedTime, Sequence] : [Sequence];

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
