namespace Tauro.FeatureStore.Engines;

/// <summary>The entities that have an answer at a moment: those with any row that counts.</summary>
internal static class EntitiesSql
{
    public static PlanQuery Render(EntitiesPlan plan, SourceSql source)
    {
        var parameters = new Dictionary<string, object?>(source.Relation.Parameters);
        var sql = $"""
            SELECT DISTINCT
              {Query.Columns(plan.Keys.Select(key => $"{source.Column(key.Column)} AS {DuckDBDialect.Instance.Identifier(key.Name)}"))}
            FROM {source.Relation.From}
            {Query.Where(Conditions(plan, source, parameters))}
            """;
        return new PlanQuery(sql, parameters);
    }

    private static IEnumerable<string> Conditions(EntitiesPlan plan, SourceSql source, Dictionary<string, object?> parameters)
    {
        foreach (var key in plan.Keys) yield return $"{source.Column(key.Column)} IS NOT NULL";
        if (plan.Visibility.KnownAsOf && source.HasCreated)
        {
            parameters["known"] = plan.Moment;
            yield return $"{source.Created} <= {DuckDBDialect.Instance.Parameter("known")}";
        }

        if (!source.IsTimed) yield break;
        yield return source.CompareEvent(plan.Visibility.AllowExactMatches ? "<=" : "<", "until", plan.Moment - plan.Visibility.Delay, parameters);
        if (plan.Visibility.Lookback is { } lookback) yield return source.CompareEvent(">=", "since", plan.Moment - lookback, parameters);
    }
}
