namespace Tauro.FeatureStore.Engines;

/// <summary>
/// One read of rows without times: an equal join. A key that stands in two rows gives a row of the spine twice, which the check of the row numbers finds.
/// </summary>
internal static class LookupSql
{
    private const string Hit = "__hit";

    /// <summary>The row numbers of the spine and the columns of the read, ordered by row number.</summary>
    /// <param name="read">The read.</param>
    /// <param name="from">What stands after FROM.</param>
    /// <param name="column">A column of the source in its type.</param>
    /// <param name="eachMoment">Whether the source has rows for each moment, which then must be equal too.</param>
    /// <param name="spine">What is known of the spine.</param>
    /// <param name="parameters">What the source's text refers to.</param>
    public static PlanQuery Render(AsOfRead read, string from, Func<PlanColumn, string> column, bool eachMoment, SpineFacts spine, IReadOnlyDictionary<string, object?> parameters)
    {
        var columns = read.Keys.Select((key, i) => $"CAST({column(key.SourceColumn)} AS {DuckDBDialect.Instance.TypeName(key.Type)}) AS {Id(Names.Key(i))}")
            .Concat(read.Outputs.Select(output => $"{column(output.Column)} AS {Id(output.Name)}"))
            .Concat(eachMoment ? [Id(Names.AsOf)] : [])
            .Append($"true AS {Id(Hit)}");
        var query = new Query().Then("source", $"""
            SELECT
              {Query.Columns(columns)}
            FROM {from}
            {(read.NotNull is { } wanted ? $"WHERE {column(wanted)} IS NOT NULL" : "")}
            """);
        var conditions = read.Keys.Select((key, i) => $"spine.{Id(key.SpineColumn)} = source.{Id(Names.Key(i))}").Concat(MomentCondition(eachMoment, spine)).DefaultIfEmpty("true");
        return new PlanQuery(query.Select($"""
            SELECT
              {Query.Columns(AnswerColumns(read))}
            FROM {Id(Names.Spine)} AS spine LEFT JOIN source
            ON {Query.All(conditions)}
            ORDER BY spine.{Id(Names.Row)}
            """), parameters);
    }

    /// <summary>
    /// A condition on the spine alone would make DuckDB compare every row with every row; as an equality it is one more key of a hash join. Even that hides from DuckDB
    /// that few keys can filter the source, so it stands there only where a row needs it.
    /// </summary>
    private static IEnumerable<string> MomentCondition(bool eachMoment, SpineFacts spine)
    {
        if (eachMoment) yield return $"spine.{Id(Names.Moment)} = source.{Id(Names.AsOf)}";
        else if (spine.HasNullMoments) yield return $"(spine.{Id(Names.Moment)} IS NOT NULL) = source.{Id(Hit)}";
    }

    private static IEnumerable<string> AnswerColumns(AsOfRead read)
    {
        yield return $"spine.{Id(Names.Row)}";
        foreach (var output in read.Outputs) yield return $"source.{Id(output.Name)}";
        if (read.EventTimeOutput is { } time) yield return $"CAST(NULL AS TIMESTAMP WITH TIME ZONE) AS {Id(time)}";
        if (read.MatchOutput is { } mark) yield return $"coalesce(source.{Id(Hit)}, false) AS {Id(mark)}";
    }

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);
}
