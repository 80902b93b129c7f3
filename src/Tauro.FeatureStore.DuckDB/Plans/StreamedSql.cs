using System.Globalization;

namespace Tauro.FeatureStore.Engines;

/// <summary>
/// A caller's query as a stream of the rows that an as-of read may look at, from which the answer is made outside of DuckDB: its as-of join picks at random among
/// rows of one time, and sorts and holds all rows of the query, where the spine is enough.
/// </summary>
internal static class StreamedSql
{
    /// <summary>A spine of at most so many rows picks its keys out of the query's rows within DuckDB.</summary>
    public const long FewKeys = 200_000;

    /// <summary>Whether a read is answered from a stream: where rows have times, and do not hold for one moment only.</summary>
    public static bool Answers(AsOfRead read) => read.Rows is { Source: SqlSource { UsesAsOf: false } } and not { EventTime: null, CreatedTime: null };

    /// <summary>The columns of the answer's rows, under their names.</summary>
    /// <param name="read">The read.</param>
    /// <param name="answer">What the rows are for.</param>
    /// <param name="rows">The query.</param>
    /// <param name="spineIsImported">Whether the spine stands in a temporary table.</param>
    public static PlanQuery Render(AsOfRead read, StreamedAnswer answer, SqlRows rows, bool spineIsImported)
    {
        var parameters = rows.Parameters(moment: null);
        var values = Values(read, rows).Zip(answer.Columns.All, (value, column) => $"{value} AS {Id(column.Name)}");
        var from = spineIsImported && read.Keys.Count > 0 ? rows.FromWanted(read.Keys) : rows.From;
        return new PlanQuery($"""
            SELECT
              {Query.Columns(values)}
            FROM {from}
            {Query.Where(Conditions(read, rows, answer.Spine, parameters))}
            """, parameters, (SqlSource)read.Rows.Source);
    }

    /// <summary>The values of the columns, in the order in which an answer wants them.</summary>
    private static IEnumerable<string> Values(AsOfRead read, SqlRows rows)
    {
        foreach (var key in read.Keys) yield return rows.Column(key.SourceColumn, key.Type);
        if (read.Rows.EventTime is { } eventTime) yield return rows.Micros(eventTime);
        if (read.Rows.CreatedTime is { } createdTime)
            yield return $"coalesce({rows.Micros(createdTime)}, CAST({StreamedAnswer.Missing.ToString(CultureInfo.InvariantCulture)} AS BIGINT))";
        if (read.NotNull is { } notNull) yield return rows.Column(notNull);
        foreach (var output in read.Outputs) yield return rows.Column(output.Column);
    }

    /// <summary>What no row of the spine can see need not come.</summary>
    private static IEnumerable<string> Conditions(AsOfRead read, SqlRows rows, SpineEntities spine, Dictionary<string, object?> parameters)
    {
        if (read.Visibility.KnownAsOf && read.Rows.CreatedTime is { } created) yield return $"{Id(created.Name)} IS NOT NULL";
        if (read.Rows.EventTime is null) yield break;
        var source = new SourceSql(read.Rows, rows.Relation);
        yield return source.CompareEvent("<=", "__until", spine.Latest - read.Visibility.Delay, parameters);
        if (read.Visibility.Lookback is { } lookback) yield return source.CompareEvent(">=", "__since", spine.Earliest - lookback, parameters);
    }

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);
}
