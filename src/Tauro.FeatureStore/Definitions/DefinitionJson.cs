using System.Text.Json;

namespace Tauro.FeatureStore;

/// <summary>Definitions as JSON and back.</summary>
internal static class DefinitionJson
{
    public static void Write(Utf8JsonWriter json, VirtualFeatureDefinition definition)
    {
        json.WriteStartObject();
        json.WriteString("sql", definition.Sql);
        WriteTexts(json, "features", definition.Features);
        json.WriteStartObject("parameters");
        foreach (var (name, value) in definition.Parameters) DefinitionParameter.Write(json, name, value);
        json.WriteEndObject();
        if (definition.TimestampColumn is { } timestamp) json.WriteString("timestampColumn", timestamp);
        if (definition.CreatedColumn is { } created) json.WriteString("createdColumn", created);
        json.WriteBoolean("static", definition.IsStatic);
        if (definition.TimeToLive is { } time) json.WriteNumber("timeToLiveTicks", time.Ticks);
        WriteTexts(json, "sources", definition.Sources);
        json.WriteEndObject();
    }

    public static VirtualFeatureDefinition Read(JsonElement json) => new(json.GetProperty("sql").GetString()!, Texts(json, "features"))
    {
        Parameters = json.GetProperty("parameters").EnumerateObject().ToDictionary(item => item.Name, item => DefinitionParameter.Read(item.Value)),
        TimestampColumn = json.TryGetProperty("timestampColumn", out var timestamp) ? timestamp.GetString() : null,
        CreatedColumn = json.TryGetProperty("createdColumn", out var created) ? created.GetString() : null,
        IsStatic = json.GetProperty("static").GetBoolean(),
        TimeToLive = json.TryGetProperty("timeToLiveTicks", out var time) ? TimeSpan.FromTicks(time.GetInt64()) : null,
        Sources = Texts(json, "sources"),
    };

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string[] Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
}
