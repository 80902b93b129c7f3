using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads the fields of a JSON object that somebody else may have written. Absent and null are the same.</summary>
internal static class JsonFields
{
    /// <summary>A log is never part of a web page, and escaping every quote of the statistics would double its size.</summary>
    public static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A repeated field means one thing to one reader and another to the next; it is an error here.</summary>
    public static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static JsonElement? Find(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var field) && field.ValueKind != JsonValueKind.Null ? field : null;

    public static JsonElement Get(this JsonElement json, string name) =>
        json.Find(name) ?? throw new FormatException($"the field '{name}' is missing");

    public static string GetText(this JsonElement json, string name) => json.Get(name).GetString()!;

    public static string? FindText(this JsonElement json, string name) => json.Find(name)?.GetString();

    public static long? FindLong(this JsonElement json, string name) => json.Find(name)?.GetInt64();

    public static long GetCount(this JsonElement json, string name)
    {
        var count = json.Get(name).GetInt64();
        return count >= 0 ? count : throw new FormatException($"the field '{name}' is negative");
    }

    public static ValueList<string>? FindTexts(this JsonElement json, string name) =>
        json.Find(name) is { } list ? ValueList.Of(list.EnumerateArray().Select(item => item.GetString()!)) : null;

    public static ValueMap<string> GetMap(this JsonElement json, string name) =>
        json.Find(name) is { } map
            ? new ValueMap<string>(map.EnumerateObject()
                .Where(item => item.Value.ValueKind != JsonValueKind.Null)
                .Select(item => KeyValuePair.Create(item.Name, item.Value.GetString()!)))
            : ValueMap<string>.Empty;

    /// <summary>Whether an exception means that a document is not what it should be.</summary>
    public static bool IsMalformed(Exception exception) =>
        exception is JsonException or FormatException or InvalidOperationException or OverflowException;
}
