namespace Tauro.FeatureStore.Engines;

/// <summary>All rows of a range of event times, in order. Static rows have no event time, so none of them is in any range.</summary>
internal static class RangeSql
{
    public static PlanQuery Render(RangePlan plan, SourceSql source)
    {
        var parameters = new Dictionary<string, object?>(source.Relation.Parameters);
        var query = new Query().Then("source", $"""
            SELECT
              {Query.Columns(SourceColumns(plan, source))}
            FROM {source.Relation.From}
            {Query.Where(Conditions(plan, source, parameters))}
            """);
        return new PlanQuery(query.Select($"""
            SELECT
              {Query.Columns(plan.Outputs.Select(output => Id(output.Name)))}
            FROM source
            ORDER BY {string.Join(", ", Order(plan, source))}
            """), parameters);
    }

    private static IEnumerable<string> SourceColumns(RangePlan plan, SourceSql source)
    {
        for (var i = 0; i < plan.Keys.Count; i++) yield return $"{source.Column(plan.Keys[i])} AS {Id(Names.Key(i))}";
        foreach (var output in plan.Outputs) yield return $"{source.Column(output.Column)} AS {Id(output.Name)}";
        if (source.IsTimed) yield return $"{source.Event} AS {Id(Names.Event)}";
        if (source.HasCreatedColumn) yield return $"{source.Created} AS {Id(Names.Created)}";
        yield return $"{source.Sequence} AS {Id(Names.Sequence)}";
    }

    private static IEnumerable<string> Conditions(RangePlan plan, SourceSql source, Dictionary<string, object?> parameters) => source.IsTimed
        ? [source.CompareEvent(">=", "from", plan.From, parameters), source.CompareEvent("<", "to", plan.To, parameters)]
        : ["false"];

    private static IEnumerable<string> Order(RangePlan plan, SourceSql source)
    {
        for (var i = 0; i < plan.Keys.Count; i++) yield return Id(Names.Key(i));
        if (source.IsTimed) yield return Id(Names.Event);
        if (source.HasCreatedColumn) yield return Id(Names.Created);
        yield return Id(Names.Sequence);
    }

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);
}
