using System.Globalization;
using System.Text.Json;

namespace Tauro.FeatureStore;

/// <summary>The values of a definition's parameters, and as JSON: each says its type, so that it is bound again as what it was.</summary>
internal static class DefinitionParameter
{
    public static KeyValuePair<string, object?> Check(KeyValuePair<string, object?> parameter)
    {
        Identifier.Check(parameter.Key, "parameter");
        if (parameter.Key.Equals(SqlSource.AsOfParameter, StringComparison.OrdinalIgnoreCase))
            throw new SchemaValidationException($"The parameter '{parameter.Key}' is the moment of each read, and a definition gives it no value. Take another name.");
        return new(parameter.Key, Normalize(parameter.Key, parameter.Value));
    }

    public static void Write(Utf8JsonWriter json, string name, object? value)
    {
        var (type, text) = value switch
        {
            null => ("NULL", ""),
            bool truth => ("BOOLEAN", truth ? "true" : "false"),
            long number => ("BIGINT", number.ToString(CultureInfo.InvariantCulture)),
            double number => ("DOUBLE", number.ToString("R", CultureInfo.InvariantCulture)),
            decimal number => ("DECIMAL", number.ToString(CultureInfo.InvariantCulture)),
            DateOnly day => ("DATE", day.ToString("O", CultureInfo.InvariantCulture)),
            DateTimeOffset moment => ("TIMESTAMP", moment.ToString("O", CultureInfo.InvariantCulture)),
            _ => ("STRING", (string)value),
        };
        json.WriteStartObject(name);
        json.WriteString("type", type);
        json.WriteString("value", text);
        json.WriteEndObject();
    }

    public static object? Read(JsonElement json)
    {
        var text = json.GetProperty("value").GetString()!;
        return json.GetProperty("type").GetString() switch
        {
            "NULL" => null,
            "BOOLEAN" => text == "true",
            "BIGINT" => long.Parse(text, CultureInfo.InvariantCulture),
            "DOUBLE" => double.Parse(text, CultureInfo.InvariantCulture),
            "DECIMAL" => decimal.Parse(text, CultureInfo.InvariantCulture),
            "DATE" => DateOnly.ParseExact(text, "O", CultureInfo.InvariantCulture),
            "TIMESTAMP" => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture),
            "STRING" => text,
            var other => throw new JsonException($"'{other}' is no type of a parameter."),
        };
    }

    private static object? Normalize(string name, object? value) => value switch
    {
        null or bool or long or double or decimal or string or DateOnly or DateTimeOffset => value,
        sbyte or byte or short or ushort or int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float number => (double)number,
        DateTime moment => UtcTime.ToDateTimeOffset(UtcTime.FromDateTime(moment)),
        _ => throw new SchemaValidationException(
            $"The parameter '{name}' is of the type {value.GetType()}. A definition keeps null, texts, numbers, truth values, DateOnly and DateTimeOffset."),
    };
}
