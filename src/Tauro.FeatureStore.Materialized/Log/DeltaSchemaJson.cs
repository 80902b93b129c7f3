using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The text of a schema in a <see cref="DeltaMetadata"/>.</summary>
internal static class DeltaSchemaJson
{
    public static string Write(DeltaSchema schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonFields.Compact)) DeltaTypes.WriteStruct(json, schema.Columns);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static DeltaSchema Read(DeltaTable table, string text)
    {
        var current = "";
        try
        {
            using var document = JsonDocument.Parse(text, JsonFields.Strict);
            var columns = new List<DeltaColumn>();
            foreach (var field in document.RootElement.Get("fields").EnumerateArray())
            {
                current = field.GetText("name");
                var column = new DeltaColumn(Identifier.Check(current, "column"), DeltaTypes.Read(field.Get("type")), field.Find("nullable")?.GetBoolean() ?? true);
                columns.Add(column);
            }

            return new DeltaSchema(columns);
        }
        catch (Exception unsupported) when (unsupported is NotSupportedException or SchemaValidationException)
        {
            throw table.Unsupported($"its column '{current}' cannot be read: {Reason(unsupported)}. Leave the column out of the table, or convert it.", unsupported);
        }
        catch (Exception malformed) when (JsonFields.IsMalformed(malformed))
        {
            throw table.Damaged($"its schema cannot be read: {malformed.Message.TrimEnd('.')}. Restore the log.", malformed);
        }
    }

    /// <summary>
    /// The names of the rules that columns, also nested ones, carry in their metadata (<c>delta.invariants</c> and the like), which a writer must know.
    /// </summary>
    public static IReadOnlySet<string> ReadRules(string text)
    {
        var rules = new SortedSet<string>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(text, JsonFields.Strict);
        Collect(document.RootElement, rules);
        return rules;
    }

    private static void Collect(JsonElement json, SortedSet<string> rules)
    {
        if (json.ValueKind == JsonValueKind.Array)
            foreach (var item in json.EnumerateArray()) Collect(item, rules);
        if (json.ValueKind != JsonValueKind.Object) return;
        foreach (var field in json.EnumerateObject())
            if (field.NameEquals("metadata") && field.Value.ValueKind == JsonValueKind.Object) rules.UnionWith(field.Value.EnumerateObject().Select(rule => rule.Name));
            else Collect(field.Value, rules);
    }

    private static string Reason(Exception exception) =>
        exception is NotSupportedException ? $"{exception.Message} has no counterpart among the data types" : exception.Message.TrimEnd('.');
}
