namespace Tauro.FeatureStore.Engines;

/// <summary>A query that goes step by step, each step a common table expression over the one before.</summary>
internal sealed class Query
{
    private readonly List<string> _steps = [];

    /// <summary>The name of the last step.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Adds a step.</summary>
    public Query Then(string name, string select)
    {
        _steps.Add($"{name} AS (\n{select}\n)");
        Last = name;
        return this;
    }

    /// <summary>The query, which ends with a last SELECT.</summary>
    public string Select(string select) => $"WITH {string.Join(",\n", _steps)}\n{select}";

    /// <summary>A list of columns.</summary>
    public static string Columns(IEnumerable<string> columns) => string.Join(",\n  ", columns);

    /// <summary>A WHERE of all conditions, or nothing where there are none.</summary>
    public static string Where(IEnumerable<string> conditions) =>
        All(conditions) is { Length: > 0 } all ? $"WHERE {all}" : "";

    /// <summary>All conditions together.</summary>
    public static string All(IEnumerable<string> conditions) => string.Join("\n  AND ", conditions);
}
