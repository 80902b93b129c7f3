using System.Collections;
using System.Globalization;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The types of Spark that values in C# have, where the values alone do not say them.</summary>
internal static class LiteralTypes
{
    private const int MostDigits = 38;

    /// <summary>The type of the values of a CLR type; null where that leaves it open.</summary>
    public static string? Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(byte[])) return "BINARY";
        if (type == typeof(decimal)) return OfDecimal(1, 0); // The narrowest: it gives way to any other.
        if (Type.GetTypeCode(type) is TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32) return SparkDialect.Instance.TypeName(DataType.Int);
        if (Type.GetTypeCode(type) is TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64) return SparkDialect.Instance.TypeName(DataType.BigInt);
        if (type == typeof(float)) return SparkDialect.Instance.TypeName(DataType.Float);
        if (type == typeof(double)) return SparkDialect.Instance.TypeName(DataType.Double);
        if (type == typeof(string)) return SparkDialect.Instance.TypeName(DataType.String);
        if (type == typeof(bool)) return SparkDialect.Instance.TypeName(DataType.Boolean);
        if (type == typeof(DateOnly)) return SparkDialect.Instance.TypeName(DataType.Date);
        if (type == typeof(DateTimeOffset) || type == typeof(DateTime)) return SparkDialect.Instance.TypeName(DataType.Timestamp);
        if (OfValues(type) is not { } values) return null;
        return !IsPair(ElementOf(type)!) ? $"ARRAY<{values}>" : Of(ElementOf(type)!.GenericTypeArguments[0]) is { } keys ? $"MAP<{keys}, {values}>" : null;
    }

    /// <summary>The type of the elements of a list, or of the values of a dictionary, of a CLR type; null where that leaves it open.</summary>
    public static string? OfValues(Type collection) => ElementOf(collection) is not { } element ? null : Of(IsPair(element) ? element.GenericTypeArguments[1] : element);

    public static string OfDecimal(int digits, int scale) => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({digits},{scale})");

    /// <summary>The digits before a decimal's point, of which a number below one has none, unless it has none behind it either.</summary>
    public static int WholeDigits(decimal number)
    {
        var whole = decimal.Truncate(decimal.Abs(number));
        return whole != 0 ? whole.ToString(CultureInfo.InvariantCulture).Length : number.Scale == 0 ? 1 : 0;
    }

    /// <summary>
    /// Refuses decimals of one type, those at the same place of a collection, that no type of Spark holds: it would take one that rounds some of them.
    /// </summary>
    /// <param name="values">Values of one type.</param>
    /// <exception cref="SchemaValidationException">They have too many digits before and behind the point together.</exception>
    public static void CheckDecimals(IReadOnlyList<object?> values)
    {
        decimal[] numbers = [.. values.OfType<decimal>()];
        if (numbers.Length > 0)
        {
            var (whole, scale) = (numbers.Max(WholeDigits), numbers.Max(number => (int)number.Scale));
            if (whole + scale > MostDigits)
                throw new SchemaValidationException(string.Create(CultureInfo.InvariantCulture,
                    $"A collection holds decimals of {whole} digits before the point and others of {scale} behind it; Spark's decimals have {MostDigits} in all. Round them, or give texts."));
        }

        KeyValuePair<string, object?>[] members = [.. values.Select(SparkLiteral.MembersOf).OfType<IEnumerable<KeyValuePair<string, object?>>>().SelectMany(each => each)];
        foreach (var places in members.GroupBy(member => member.Key, member => member.Value, StringComparer.OrdinalIgnoreCase)) CheckDecimals([.. places]);

        IDictionary[] maps = [.. values.Where(value => SparkLiteral.MembersOf(value) is null).OfType<IDictionary>()];
        if (maps.Length > 0)
        {
            CheckDecimals([.. maps.SelectMany(map => map.Keys.Cast<object?>())]);
            CheckDecimals([.. maps.SelectMany(map => map.Values.Cast<object?>())]);
        }

        IEnumerable[] lists = [.. values.OfType<IEnumerable>().Where(value => value is not (string or byte[] or IDictionary) && SparkLiteral.MembersOf(value) is null)];
        if (lists.Length > 0) CheckDecimals([.. lists.SelectMany(list => list.Cast<object?>())]);
    }

    private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static Type? ElementOf(Type type) => type.GetElementType() ?? type.GetInterfaces().Append(type)
        .FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GenericTypeArguments[0];
}
