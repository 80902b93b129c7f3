namespace Tauro.FeatureStore.Engines;

/// <summary>A plan, or a part of one, as DuckDB's SQL. It holds names and numbers of parameters, never a value.</summary>
/// <param name="Sql">The text.</param>
/// <param name="Parameters">The values that the text refers to.</param>
/// <param name="Secrets">Those of them that are a caller's, which no error shows.</param>
internal sealed record PlanQuery(string Sql, IReadOnlyDictionary<string, object?> Parameters, IReadOnlyDictionary<string, object?>? Secrets = null)
{
    /// <summary>The text of a part of a plan as an error shows it.</summary>
    public static string Describe(string sql) => $"the query of a plan:\n{sql}";
}
