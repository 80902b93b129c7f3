using System.Globalization;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// The SQL of values on their way through a channel of objects that loses some: times in the machine's zone, decimals of many digits, the order of maps. What passes is only
/// whole numbers, doubles, truth values and texts. Moments are microseconds, dates are days, decimals are their digits, and arrays, maps and structs are JSON, in
/// which floating-point numbers are texts too.
/// </summary>
internal static class CarriedSql
{
    /// <summary>What is selected of a column, so that it passes.</summary>
    public static string Carry(string value, IArrowType type) => type switch
    {
        FloatType => $"CAST({value} AS DOUBLE)",
        DoubleType => value,
        _ when IsNested(type) => $"to_json({Inside(value, type, depth: 0)})",
        _ => Inside(value, type, depth: 0),
    };

    /// <summary>The value again, of a column that passed the other way.</summary>
    public static string Restore(string value, DataType type) =>
        type.IsNested ? RestoreInside($"from_json({value}, {SparkLiteral.Text(TypeInside(type))}, map('mode', 'FAILFAST'))", type, depth: 0) : RestoreInside(value, type, depth: 0);

    private static bool IsNested(IArrowType type) => type is ListType or MapType or StructType;

    private static string Inside(string value, IArrowType type, int depth)
    {
        var element = Element(depth);
        return type switch
        {
            Int32Type or Int64Type or BooleanType or StringType => value,
            FloatType or DoubleType or Decimal128Type or NullType => $"CAST({value} AS STRING)",
            Date32Type => $"unix_date({value})",
            // One without a zone is UTC, as the session is.
            TimestampType => $"unix_micros(CAST({value} AS TIMESTAMP_LTZ))",
            BinaryType => $"base64({value})",
            MapType map =>
                $"transform(map_entries({value}), {element} -> struct({Inside($"{element}.key", map.KeyField.DataType, depth + 1)} AS key, {Inside($"{element}.value", map.ValueField.DataType, depth + 1)} AS value))",
            ListType list => Inside(element, list.ValueDataType, depth + 1) is var inside && inside == element ? value : $"transform({value}, {element} -> {inside})",
            StructType composite => $"IF({value} IS NULL, NULL, named_struct({string.Join(", ", composite.Fields.Select((field, i) => $"'{Member(i)}', {Inside($"{value}.{Id(field.Name)}", field.DataType, depth)}"))}))",
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }

    private static string RestoreInside(string value, DataType type, int depth)
    {
        var element = Element(depth);
        return type.Kind switch
        {
            DataTypeKind.Float or DataTypeKind.Double or DataTypeKind.Decimal => $"CAST({value} AS {SparkDialect.Instance.TypeName(type)})",
            DataTypeKind.Timestamp => $"timestamp_micros({value})",
            DataTypeKind.Date => $"date_from_unix_date({value})",
            DataTypeKind.Array => $"transform({value}, {element} -> {RestoreInside(element, type.Element!, depth + 1)})",
            DataTypeKind.Map =>
                $"map_from_entries(transform({value}, {element} -> struct({RestoreInside($"{element}.key", type.Key!, depth + 1)} AS key, {RestoreInside($"{element}.value", type.Element!, depth + 1)} AS value)))",
            DataTypeKind.Struct => $"IF({value} IS NULL, NULL, named_struct({string.Join(", ", type.Members.Select((member, i) => $"{SparkLiteral.Text(member.Name)}, {RestoreInside($"{value}.{Member(i)}", member.Type, depth)}"))}))",
            _ => value,
        };
    }

    private static string TypeInside(DataType type) => type.Kind switch
    {
        DataTypeKind.Int or DataTypeKind.Date => "INT",
        DataTypeKind.BigInt or DataTypeKind.Timestamp => "BIGINT",
        DataTypeKind.Boolean => "BOOLEAN",
        DataTypeKind.Array => $"ARRAY<{TypeInside(type.Element!)}>",
        DataTypeKind.Map => $"ARRAY<STRUCT<key: {TypeInside(type.Key!)}, value: {TypeInside(type.Element!)}>>",
        DataTypeKind.Struct => $"STRUCT<{string.Join(", ", type.Members.Select((member, i) => $"{Member(i)}: {TypeInside(member.Type)}"))}>",
        _ => "STRING",
    };

    /// <summary>The name of a struct's member in JSON: its place, so that no name has to pass.</summary>
    public static string Member(int place) => string.Create(CultureInfo.InvariantCulture, $"m{place}");

    private static string Element(int depth) => string.Create(CultureInfo.InvariantCulture, $"e{depth}");

    private static string Id(string name) => SparkDialect.Instance.Identifier(name);
}
