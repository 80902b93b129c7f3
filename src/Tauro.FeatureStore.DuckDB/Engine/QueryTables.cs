using System.Text.Json;

namespace Tauro.FeatureStore.Engines;

/// <summary>The tables that a query names, found in the tree that DuckDB's parser makes of it. Names of its own common tables are not among them.</summary>
internal static class QueryTables
{
    private const int DeepestTree = 100_000;

    private static readonly string[] NameParts = ["catalog_name", "schema_name", "table_name"];

    /// <summary>The names, such as <c>silver.users</c>, sorted.</summary>
    /// <param name="tree">The tree of one query, as <c>json_serialize_sql</c> writes it.</param>
    public static IReadOnlyList<string> Of(string tree)
    {
        using var json = JsonDocument.Parse(tree, new JsonDocumentOptions { MaxDepth = DeepestTree });
        var tables = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        var common = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var nodes = new Stack<JsonElement>([json.RootElement]);
        while (nodes.TryPop(out var node))
        {
            if (node.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in node.EnumerateArray()) nodes.Push(item);
            }
            else if (node.ValueKind == JsonValueKind.Object)
            {
                if (node.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("BASE_TABLE")) tables.Add(NameOf(node));
                if (node.TryGetProperty("cte_map", out var ctes))
                    foreach (var cte in ctes.GetProperty("map").EnumerateArray()) common.Add(cte.GetProperty("key").GetString()!);
                foreach (var member in node.EnumerateObject()) nodes.Push(member.Value);
            }
        }

        tables.ExceptWith(common);
        return [.. tables];
    }

    private static string NameOf(JsonElement table) =>
        string.Join('.', NameParts.Select(part => table.GetProperty(part).GetString()).Where(part => !string.IsNullOrEmpty(part)));
}
