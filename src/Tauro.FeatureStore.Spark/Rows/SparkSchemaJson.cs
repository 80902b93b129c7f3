using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>A schema as Spark writes it in JSON, in the Arrow types that its rows would have.</summary>
internal static partial class SparkSchemaJson
{
    public static Schema Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new Schema([.. FieldsOf(document.RootElement, column: null)], null);
    }

    private static IEnumerable<Field> FieldsOf(JsonElement composite, string? column)
    {
        foreach (var field in composite.GetProperty("fields").EnumerateArray())
        {
            var name = field.GetProperty("name").GetString()!;
            yield return new Field(name, ToArrow(field.GetProperty("type"), column ?? name), field.GetProperty("nullable").GetBoolean());
        }
    }

    private static IArrowType ToArrow(JsonElement type, string column) =>
        type.ValueKind == JsonValueKind.String ? Simple(type.GetString()!, column) : type.GetProperty("type").GetString() switch
        {
            "array" => new ListType(new Field("element", ToArrow(type.GetProperty("elementType"), column), nullable: true)),
            "map" => new MapType(
                new Field("key", ToArrow(type.GetProperty("keyType"), column), nullable: false), new Field("value", ToArrow(type.GetProperty("valueType"), column), nullable: true)),
            "struct" => new StructType([.. FieldsOf(type, column).Select(field => new Field(field.Name, field.DataType, nullable: true))]),
            "udt" => ToArrow(type.GetProperty("sqlType"), column),
            var other => throw Unknown(other!, column),
        };

    private static IArrowType Simple(string name, string column) => name switch
    {
        "void" or "null" => NullType.Default,
        "binary" => BinaryType.Default,
        "boolean" => BooleanType.Default,
        "byte" or "short" or "integer" => Int32Type.Default,
        "long" => Int64Type.Default,
        "float" => FloatType.Default,
        "double" => DoubleType.Default,
        "string" => StringType.Default,
        "date" => Date32Type.Default,
        "timestamp" or "timestamp_ntz" => ArrowTypes.ToArrow(DataType.Timestamp),
        _ when Decimal().Match(name) is { Success: true } match => new Decimal128Type(Number(match, 1), Number(match, 2)),
        _ when Text().IsMatch(name) => StringType.Default,
        _ => throw Unknown(name, column),
    };

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static VirtualizationQueryException Unknown(string type, string column) =>
        new($"The column '{column}' of the query is of Spark's type {type}, which has no Arrow type here. Cast it to another type.");

    [GeneratedRegex(@"^decimal\((\d+),(-?\d+)\)$")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^(?:var)?char\(\d+\)$")]
    private static partial Regex Text();
}
