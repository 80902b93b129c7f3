namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The SQL of an entities plan: the distinct keys that have a row which counts at the moment.</summary>
internal static class EntitiesSql
{
    public static string Write(EntitiesPlan plan, SourceSql source)
    {
        var dialect = SparkDialect.Instance;
        var rule = plan.Visibility;
        var columns = plan.Keys.Select((key, i) => FormattableString.Invariant($"{dialect.Identifier(key.Column.Name)} AS c{i}"));
        var conditions = plan.Keys.Select(key => $"{dialect.Identifier(key.Column.Name)} IS NOT NULL").ToList();
        if (plan.Rows.EventTime is { } eventTime)
        {
            conditions.Add($"{dialect.Identifier(eventTime.Name)} IS NOT NULL");
            var last = plan.Moment - rule.Delay - (rule.AllowExactMatches ? 0 : 1);
            conditions.AddRange(SourceSql.Between(eventTime, rule.Lookback is { } lookback ? plan.Moment - lookback : null, last));
        }

        if (rule.KnownAsOf) conditions.Add($"{source.CreatedTime} <= {SparkLiteral.Whole(plan.Moment)}");
        return $"SELECT DISTINCT {string.Join(", ", columns)} FROM {source.From} WHERE {string.Join(" AND ", conditions.DefaultIfEmpty("true"))}";
    }
}
