using System.Globalization;
using System.Text.Json;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The Delta column of the type table: the names by which a log calls the data types.</summary>
internal static class DeltaTypes
{
    public static void Write(Utf8JsonWriter json, DataType type)
    {
        switch (type.Kind)
        {
            case DataTypeKind.Array:
                json.WriteStartObject();
                json.WriteString("type", "array");
                json.WritePropertyName("elementType");
                Write(json, type.Element!);
                json.WriteBoolean("containsNull", true);
                json.WriteEndObject();
                break;
            case DataTypeKind.Map:
                json.WriteStartObject();
                json.WriteString("type", "map");
                json.WritePropertyName("keyType");
                Write(json, type.Key!);
                json.WritePropertyName("valueType");
                Write(json, type.Element!);
                json.WriteBoolean("valueContainsNull", true);
                json.WriteEndObject();
                break;
            case DataTypeKind.Struct:
                WriteStruct(json, type.Members.Select(member => new DeltaColumn(member.Name, member.Type, Nullable: true)));
                break;
            default:
                json.WriteStringValue(Name(type));
                break;
        }
    }

    public static void WriteStruct(Utf8JsonWriter json, IEnumerable<DeltaColumn> fields)
    {
        json.WriteStartObject();
        json.WriteString("type", "struct");
        json.WriteStartArray("fields");
        foreach (var field in fields)
        {
            json.WriteStartObject();
            json.WriteString("name", field.Name);
            json.WritePropertyName("type");
            Write(json, field.Type);
            json.WriteBoolean("nullable", field.Nullable);
            json.WriteStartObject("metadata");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The data type that holds every value of a Delta type exactly.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public static DataType Read(JsonElement json) =>
        json.ValueKind == JsonValueKind.String ? ReadPrimitive(json.GetString()!) : json.GetText("type") switch
        {
            "array" => DataType.Array(Read(json.Get("elementType"))),
            "map" => DataType.Map(Read(json.Get("keyType")), Read(json.Get("valueType"))),
            "struct" => DataType.Struct([.. json.Get("fields").EnumerateArray()
                .Select(field => new StructMember(field.GetText("name"), Read(field.Get("type"))))]),
            var other => throw new NotSupportedException($"the type '{other}'"),
        };

    private static string Name(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => "integer",
        DataTypeKind.BigInt => "long",
        DataTypeKind.Float => "float",
        DataTypeKind.Double => "double",
        DataTypeKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({type.Precision},{type.Scale})"),
        DataTypeKind.String => "string",
        DataTypeKind.Boolean => "boolean",
        DataTypeKind.Timestamp => "timestamp",
        DataTypeKind.Date => "date",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static DataType ReadPrimitive(string name) => name switch
    {
        "byte" or "short" or "integer" => DataType.Int,
        "long" => DataType.BigInt,
        "float" => DataType.Float,
        "double" => DataType.Double,
        "string" => DataType.String,
        "boolean" => DataType.Boolean,
        "timestamp" => DataType.Timestamp,
        "date" => DataType.Date,
        _ when name.StartsWith("decimal(", StringComparison.Ordinal) => DataType.Parse(name),
        _ => throw new NotSupportedException($"the type '{name}'"),
    };
}
