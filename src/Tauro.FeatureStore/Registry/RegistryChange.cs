using System.Text.Json;

namespace Tauro.FeatureStore;

/// <summary>One change to the registry: one commit of its log.</summary>
internal abstract record RegistryChange
{
    /// <summary>The change as the JSON of a commit.</summary>
    public byte[] ToJson(DateTimeOffset time)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("time", time);
            Write(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    public static RegistryChange FromJson(byte[] content)
    {
        using var document = JsonDocument.Parse(content);
        var json = document.RootElement;
        if (json.TryGetProperty("registerGroup", out var schema)) return new GroupRegistered(SchemaJson.Read(schema));
        if (json.TryGetProperty("removeGroup", out var name)) return new GroupRemoved(name.GetString()!);
        if (json.TryGetProperty("setLineage", out var lineage))
            return new LineageSet(lineage.GetProperty("name").GetString()!, [.. lineage.GetProperty("dependencies").EnumerateArray().Select(item => item.GetString()!)]);
        if (json.TryGetProperty("defineFeatures", out var defined))
            return new FeaturesDefined(
                defined.GetProperty("group").GetString()!, defined.GetProperty("version").GetInt32(),
                [.. defined.GetProperty("definitions").EnumerateArray().Select(DefinitionJson.Read)]);
        throw new JsonException("The commit holds no change that this version knows; a newer version may have written it.");
    }

    protected abstract void Write(Utf8JsonWriter json);
}

internal sealed record GroupRegistered(FeatureGroupSchema Schema) : RegistryChange
{
    protected override void Write(Utf8JsonWriter json)
    {
        json.WritePropertyName("registerGroup");
        SchemaJson.Write(json, Schema);
    }
}

internal sealed record GroupRemoved(string Name) : RegistryChange
{
    protected override void Write(Utf8JsonWriter json) => json.WriteString("removeGroup", Name);
}

internal sealed record LineageSet(string Name, IReadOnlyList<string> Dependencies) : RegistryChange
{
    protected override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("setLineage");
        json.WriteString("name", Name);
        json.WriteStartArray("dependencies");
        foreach (var dependency in Dependencies) json.WriteStringValue(dependency);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>All definitions of a group version, in place of those it had.</summary>
internal sealed record FeaturesDefined(string Group, int GroupVersion, IReadOnlyList<VirtualFeatureDefinition> Definitions) : RegistryChange
{
    protected override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("defineFeatures");
        json.WriteString("group", Group);
        json.WriteNumber("version", GroupVersion);
        json.WriteStartArray("definitions");
        foreach (var definition in Definitions) DefinitionJson.Write(json, definition);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
