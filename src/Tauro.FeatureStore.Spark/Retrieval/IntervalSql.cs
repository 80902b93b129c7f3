namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// The SQL of one read of an as-of plan as a join: a feature row answers from the moment at which it counts until the next one of its key does. Of rows that count from
/// the same moment all but the last answer for no time at all.
/// </summary>
/// <remarks>
/// Each side is shuffled once, by key, and the spine takes no part in the sort of the feature rows, which makes this much faster than <see cref="AsOfSql"/>. But each row of
/// the spine is compared with all feature rows of its key: where a key has many rows on both sides, only the other is linear.
/// </remarks>
internal sealed class IntervalSql(AsOfRead read, SourceSql source, string spine, SpineTimes times)
{
    /// <summary>How many rows of a spine may have one key: so many times the feature rows are looked at, at most.</summary>
    public const int MostRowsOfOneKey = 64;

    private readonly FeatureRowsSql _features = new(read, source, times);

    private IEnumerable<string> Keys => Enumerable.Range(0, read.Keys.Count).Select(FeatureRowsSql.KeyName);

    private bool NeedsEventTime => read.Visibility.Lookback is not null || read.EventTimeOutput is not null;

    /// <summary>Whether a read can be answered so. Known as of, a row that comes later may be one of an earlier time; and rows that nothing tells apart would not be seen.</summary>
    public static bool CanAnswer(AsOfRead read, SourceSql source) => read.Keys.Count > 0 && !read.Visibility.KnownAsOf && source.HasSequence;

    /// <summary>The row number, the outputs of the read in their order, then its matched event time and its mark.</summary>
    public string Write(bool ordered)
    {
        var columns = read.Outputs.Select((_, i) => FormattableString.Invariant($"f.o{i} AS c{i}")).Prepend($"s.{AsOfSql.RowColumn}");
        if (read.EventTimeOutput is not null) columns = columns.Append(read.Rows.EventTime is null ? "CAST(NULL AS TIMESTAMP_LTZ) AS ce" : "timestamp_micros(f.e) AS ce");
        if (read.MatchOutput is not null) columns = columns.Append("f.t IS NOT NULL AS cm");
        return $"""
            SELECT {string.Join(", ", columns)}
            FROM {spine} AS s LEFT JOIN (
              SELECT *, lead(t, 1, {SparkLiteral.Whole(long.MaxValue)}) OVER (PARTITION BY {string.Join(", ", Keys)} ORDER BY t, {(source.HasOwnCreatedTime ? "c, " : "")}s) AS until
              FROM ({_features.Write(Values())})) AS f
            ON {string.Join(" AND ", Conditions())}
            {(ordered ? $"ORDER BY s.{AsOfSql.RowColumn}" : "")}
            """;
    }

    private IEnumerable<string> Values()
    {
        var values = read.Outputs.Select((output, i) => FormattableString.Invariant($"{SparkDialect.Instance.Identifier(output.Column.Name)} AS o{i}"));
        return NeedsEventTime ? values.Append($"{source.EventTime} AS e") : values;
    }

    private IEnumerable<string> Conditions()
    {
        for (var i = 0; i < read.Keys.Count; i++) yield return $"s.{SparkDialect.Instance.Identifier(read.Keys[i].SpineColumn)} = f.{FeatureRowsSql.KeyName(i)}";
        var moment = $"unix_micros(s.{SparkDialect.Instance.Identifier(times.Column)})";
        yield return $"{moment} >= f.t AND {moment} < f.until";
        // Too old only if all are: the one that would answer is the youngest.
        if (read.Visibility.Lookback is { } lookback) yield return $"f.e >= {moment} - {SparkLiteral.Whole(lookback)}";
    }
}
