namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// The SQL of one read of an as-of plan as a join: a feature row answers from its event time until that of the next one of its key. Of rows with equal times all but
/// the last answer for no time at all.
/// </summary>
/// <remarks>
/// Each side is shuffled once, by key, and the spine takes no part in the sort of the feature rows, which makes this much faster than <see cref="AsOfSql"/>. But each row of
/// the spine is compared with all feature rows of its key: where a key has many rows on both sides, only the other is linear. What is reckoned with times is reckoned for the
/// rows of the spine, which are fewer: a delay moves their moments back, and the feature rows carry nothing but their event times, as they are stored.
/// </remarks>
internal sealed class IntervalSql(AsOfRead read, SourceSql source, string spine, SpineTimes times)
{
    /// <summary>How many rows of a spine may have one key: so many times the feature rows are looked at, at most.</summary>
    public const int MostRowsOfOneKey = 64;

    private readonly VisibilityRule _rule = read.Visibility;
    private readonly FeatureRowsSql _features = new(read, source, times);

    private IEnumerable<string> Keys => Enumerable.Range(0, read.Keys.Count).Select(FeatureRowsSql.KeyName);

    /// <summary>A stored timestamp is compared as it is; days and the beginning of static rows are microseconds.</summary>
    private bool ComparesTimestamps => read.Rows.EventTime?.Type.Kind == DataTypeKind.Timestamp;

    /// <summary>Whether a read can be answered so. Known as of, a row that comes later may be one of an earlier time; and rows that nothing tells apart would not be seen.</summary>
    public static bool CanAnswer(AsOfRead read, SourceSql source) => read.Keys.Count > 0 && !read.Visibility.KnownAsOf && source.HasSequence;

    /// <summary>The row number, the outputs of the read in their order, then its matched event time and its mark.</summary>
    public string Write(bool ordered)
    {
        var columns = read.Outputs.Select((_, i) => FormattableString.Invariant($"f.o{i} AS c{i}")).Prepend($"s.{AsOfSql.RowColumn}");
        if (read.EventTimeOutput is not null) columns = columns.Append($"{(read.Rows.EventTime is null ? "CAST(NULL AS TIMESTAMP_LTZ)" : ComparesTimestamps ? "f.t" : "timestamp_micros(f.t)")} AS ce");
        if (read.MatchOutput is not null) columns = columns.Append("f.t IS NOT NULL AS cm");
        return $"""
            SELECT {string.Join(", ", columns)}
            FROM ({SpineRows()}) AS s LEFT JOIN (
              SELECT *, lead(t, 1, {Time(SparkLiteral.Whole(long.MaxValue))}) OVER (PARTITION BY {string.Join(", ", Keys)} ORDER BY t, {(source.HasOwnCreatedTime ? "c, " : "")}s) AS until
              FROM ({_features.Write(EventTime(), Values())})) AS f
            ON {string.Join(" AND ", Conditions())}
            {(ordered ? $"ORDER BY s.{AsOfSql.RowColumn}" : "")}
            """;
    }

    private string EventTime() => ComparesTimestamps ? SparkDialect.Instance.Identifier(read.Rows.EventTime!.Name) : source.EventTime;

    private IEnumerable<string> Values() => read.Outputs.Select((output, i) => FormattableString.Invariant($"{SparkDialect.Instance.Identifier(output.Column.Name)} AS o{i}"));

    /// <summary>The spine's keys, the event time up to which rows count as t, and the one from which they do as earliest.</summary>
    private string SpineRows()
    {
        var columns = read.Keys.Select((key, i) => $"{SparkDialect.Instance.Identifier(key.SpineColumn)} AS {FeatureRowsSql.KeyName(i)}").ToList();
        columns.Add($"{Moment(FeatureRowsSql.Shift(_rule))} AS t");
        if (_rule.Lookback is { } lookback) columns.Add($"{Moment(lookback)} AS earliest");
        return $"SELECT {AsOfSql.RowColumn}, {string.Join(", ", columns)} FROM {spine}";
    }

    /// <summary>So many microseconds before the spine's moment.</summary>
    private string Moment(long before)
    {
        var column = SparkDialect.Instance.Identifier(times.Column);
        if (before == 0) return ComparesTimestamps ? column : $"unix_micros({column})";
        return Time($"unix_micros({column}) - {SparkLiteral.Whole(before)}");
    }

    /// <summary>Microseconds as what is compared.</summary>
    private string Time(string microseconds) => ComparesTimestamps ? $"timestamp_micros({microseconds})" : microseconds;

    private IEnumerable<string> Conditions()
    {
        foreach (var key in Keys) yield return $"s.{key} = f.{key}";
        yield return "s.t >= f.t AND s.t < f.until";
        // Too old only if all are: the one that would answer is the youngest.
        if (_rule.Lookback is not null) yield return "f.t >= s.earliest";
    }
}
