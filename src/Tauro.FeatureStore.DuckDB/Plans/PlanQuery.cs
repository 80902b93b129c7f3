namespace Tauro.FeatureStore.Engines;

/// <summary>A plan, or a part of one, as DuckDB's SQL. It holds names and numbers of parameters, never a value.</summary>
/// <param name="Sql">The text.</param>
/// <param name="Parameters">The values that the text refers to.</param>
/// <param name="Caller">The caller's query that the text holds, or null.</param>
internal sealed record PlanQuery(string Sql, IReadOnlyDictionary<string, object?> Parameters, SqlSource? Caller = null)
{
    /// <summary>The text of a part of a plan as an error shows it.</summary>
    public static string Describe(string sql) => $"the query of a plan:\n{sql}";
}
