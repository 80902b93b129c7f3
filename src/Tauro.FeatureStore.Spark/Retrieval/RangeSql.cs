namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The SQL of a range plan: all rows with an event time in the range, by key and then in their order.</summary>
internal static class RangeSql
{
    public static string Write(RangePlan plan, SourceSql source)
    {
        var dialect = SparkDialect.Instance;
        var columns = plan.Outputs.Select((output, i) => FormattableString.Invariant($"{dialect.Identifier(output.Column.Name)} AS c{i}"));
        var order = plan.Keys.Select(key => dialect.Identifier(key.Name)).Append(source.EventTime).Concat(source.OrderWithinTime);
        var rows = $"SELECT * FROM {source.From} WHERE {Condition(plan)}";
        if (!source.HasSequence)
        {
            var keys = plan.Keys.Select(key => (key.Name, Value: dialect.Identifier(key.Name))).ToList();
            var twins = $"count(*) OVER (PARTITION BY {string.Join(", ", keys.Select(key => key.Value).Append(source.EventTime).Append(source.CreatedTime))})";
            rows = $"SELECT * FROM (SELECT *, {SourceSql.NoTwins(twins, keys, plan.Rows, source.EventTime)} AS __sound FROM ({rows})) WHERE __sound";
        }

        return $"""
            SELECT {string.Join(", ", columns)}
            FROM ({rows})
            ORDER BY {string.Join(", ", order)}
            """;
    }

    /// <summary>Which rows of the source are in the range.</summary>
    public static string Condition(RangePlan plan)
    {
        if (plan.Rows.EventTime is not { } eventTime) return "false";
        IEnumerable<string> conditions = [$"{SparkDialect.Instance.Identifier(eventTime.Name)} IS NOT NULL", .. SourceSql.Between(eventTime, plan.From, plan.To - 1)];
        return string.Join(" AND ", conditions);
    }
}
