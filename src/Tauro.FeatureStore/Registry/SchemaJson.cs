using System.Text.Json;

namespace Tauro.FeatureStore;

/// <summary>Schemas as JSON and back. Data only: reading names no type and runs no code.</summary>
internal static class SchemaJson
{
    public static void Write(Utf8JsonWriter json, FeatureGroupSchema schema)
    {
        json.WriteStartObject();
        json.WriteString("name", schema.Name);
        json.WriteNumber("version", schema.Version);
        json.WriteStartArray("entityKeys");
        foreach (var key in schema.EntityKeys)
        {
            json.WriteStartObject();
            json.WriteString("name", key.Name);
            WriteOptional(json, "dataType", key.DataType?.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteOptional(json, "timestampKey", schema.TimestampKey);
        json.WriteString("timestampType", schema.TimestampType.ToString());
        WriteOptional(json, "createdTimestampKey", schema.CreatedTimestampKey);
        json.WriteBoolean("static", schema.IsStatic);
        json.WriteNumber("availabilityDelayMicroseconds", UtcTime.ToMicroseconds(schema.AvailabilityDelay));
        if (schema.Lookback is { } lookback) json.WriteNumber("lookbackMicroseconds", UtcTime.ToMicroseconds(lookback));
        json.WriteString("description", schema.Description);
        json.WriteString("owner", schema.Owner);
        json.WriteStartObject("tags");
        foreach (var (key, value) in schema.Tags) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteBoolean("enforceMetadataRules", schema.EnforceMetadataRules);
        json.WriteStartArray("features");
        foreach (var feature in schema.Features) Write(json, feature);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static FeatureGroupSchema Read(JsonElement json) => new(Text(json, "name"))
    {
        Version = json.GetProperty("version").GetInt32(),
        EntityKeys = [.. json.GetProperty("entityKeys").EnumerateArray().Select(key => new EntityKey(Text(key, "name"), OptionalType(key)))],
        TimestampKey = OptionalText(json, "timestampKey"),
        TimestampType = DataType.Parse(Text(json, "timestampType")),
        CreatedTimestampKey = OptionalText(json, "createdTimestampKey"),
        IsStatic = json.GetProperty("static").GetBoolean(),
        AvailabilityDelay = TimeSpan.FromMicroseconds(json.GetProperty("availabilityDelayMicroseconds").GetInt64()),
        Lookback = json.TryGetProperty("lookbackMicroseconds", out var lookback) ? TimeSpan.FromMicroseconds(lookback.GetInt64()) : null,
        Description = Text(json, "description"),
        Owner = Text(json, "owner"),
        Tags = json.GetProperty("tags").EnumerateObject().ToDictionary(tag => tag.Name, tag => tag.Value.GetString()!),
        EnforceMetadataRules = json.GetProperty("enforceMetadataRules").GetBoolean(),
        Features = [.. json.GetProperty("features").EnumerateArray().Select(ReadFeature)],
    };

    private static void Write(Utf8JsonWriter json, FeatureSchema feature)
    {
        json.WriteStartObject();
        json.WriteString("name", feature.Name);
        json.WriteString("dataType", feature.DataType.ToString());
        json.WriteString("featureType", feature.FeatureType.ToString());
        json.WriteString("description", feature.Description);
        json.WriteBoolean("nullable", feature.Nullable);
        if (feature.VectorLength is { } length) json.WriteNumber("vectorLength", length);
        json.WriteStartObject("metadata");
        foreach (var (key, value) in feature.Metadata)
        {
            json.WritePropertyName(key);
            WriteValue(json, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static FeatureSchema ReadFeature(JsonElement json) =>
        new(Text(json, "name"), DataType.Parse(Text(json, "dataType")), Enum.Parse<FeatureType>(Text(json, "featureType")))
        {
            Description = Text(json, "description"),
            Nullable = json.GetProperty("nullable").GetBoolean(),
            VectorLength = json.TryGetProperty("vectorLength", out var length) ? length.GetInt32() : null,
            Metadata = json.GetProperty("metadata").EnumerateObject().ToDictionary(item => item.Name, item => ReadValue(item.Value)),
        };

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool truth: json.WriteBooleanValue(truth); break;
            case string text: json.WriteStringValue(text); break;
            case decimal number: json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case IReadOnlyList<object?> list:
                json.WriteStartArray();
                foreach (var item in list) WriteValue(json, item);
                json.WriteEndArray();
                break;
            default: throw new SchemaValidationException($"The metadata value {value} cannot be stored; it is not a finite number.");
        }
    }

    private static object? ReadValue(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True or JsonValueKind.False => json.GetBoolean(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => FeatureMetadata.Number(json.GetRawText()),
        JsonValueKind.Array => ValueList.Of(json.EnumerateArray().Select(ReadValue)),
        _ => throw new JsonException($"Metadata cannot hold a value of the kind {json.ValueKind}."),
    };

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new JsonException($"'{name}' is null.");

    private static string? OptionalText(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static DataType? OptionalType(JsonElement json) => OptionalText(json, "dataType") is { } type ? DataType.Parse(type) : null;
}
