using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// The one writer of values in Spark SQL. A text of anything but plain letters, digits and a few signs is written as its UTF-8 bytes in hexadecimal, so that no
/// setting about escapes, quotes or variables of the session changes it and no content can end it. Everything else is a plain text cast to its type.
/// </summary>
internal static class SparkLiteral
{
    private const string Null = "NULL";

    private static readonly SearchValues<char> Plain = SearchValues.Create(" ,.:/_-+0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAnyExcept(Plain)) return $"'{text}'";
        try
        {
            return $"CAST(X'{Convert.ToHexString(Utf8.GetBytes(text))}' AS STRING)";
        }
        catch (EncoderFallbackException)
        {
            throw new SchemaValidationException("A text has an unpaired surrogate, which no UTF-8 holds.");
        }
    }

    public static string Whole(long value) => Cast(value.ToString(CultureInfo.InvariantCulture), "BIGINT");

    public static string Timestamp(long microseconds) => $"timestamp_micros({Whole(microseconds)})";

    public static string Date(int day) => $"date_from_unix_date({Cast(day.ToString(CultureInfo.InvariantCulture), "INT")})";

    /// <summary>A value of any type that a feature, a key or a parameter can have.</summary>
    /// <exception cref="SchemaValidationException">It has no literal.</exception>
    public static string Of(object? value)
    {
        if (value is IEnumerable and not (string or byte[])) LiteralTypes.CheckDecimals([value]);
        return Write(value);
    }

    /// <summary>The members of a struct, which is a dictionary of names to objects; null for any other value.</summary>
    public static IEnumerable<KeyValuePair<string, object?>>? MembersOf(object? value) => value as IEnumerable<KeyValuePair<string, object?>>;

    private static string Write(object? value) => value switch
    {
        null => Null,
        string text => Text(text),
        bool flag => flag ? "true" : "false",
        sbyte or byte or short or ushort or int => Cast(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture), "INT"),
        uint or long => Cast(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture), "BIGINT"),
        ulong whole => Cast(whole.ToString(CultureInfo.InvariantCulture), whole <= long.MaxValue ? "BIGINT" : "DECIMAL(20,0)"),
        float number => Cast(Floating(number), "FLOAT"),
        double number => Cast(Floating(number), "DOUBLE"),
        decimal number => Decimal(number),
        DateTimeOffset moment => Timestamp(UtcTime.FromDateTimeOffset(moment)),
        DateTime moment => Timestamp(UtcTime.FromDateTime(moment)),
        DateOnly day => Date(UtcTime.FromDate(day)),
        byte[] bytes => $"X'{Convert.ToHexString(bytes)}'",
        IEnumerable elements => Collection(elements),
        _ => throw new SchemaValidationException(
            $"A value of the type {value.GetType().Name} has no literal in Spark. Give a number, a text, a boolean, a date, a time, bytes, a list or dictionary of them, or a dictionary of names to objects (a STRUCT)."),
    };

    private static string Cast(string text, string type) => $"CAST('{text}' AS {type})";

    private static string Floating<T>(T number) where T : struct, System.Numerics.IFloatingPointIeee754<T> =>
        T.IsNaN(number) ? "NaN"
        : T.IsPositiveInfinity(number) ? "Infinity"
        : T.IsNegativeInfinity(number) ? "-Infinity"
        : number.ToString("R", CultureInfo.InvariantCulture);

    private static string Decimal(decimal number)
    {
        // The digits as they are: 1.10 is a DECIMAL(3,2), and 0.10 a DECIMAL(2,2).
        var text = number.ToString(CultureInfo.InvariantCulture);
        return Cast(text, LiteralTypes.OfDecimal(LiteralTypes.WholeDigits(number) + number.Scale, number.Scale));
    }

    private static string Collection(IEnumerable values) =>
        MembersOf(values) is { } members ? Struct([.. members]) : values is IDictionary map ? Map(map) : Array(values);

    private static string Array(IEnumerable elements)
    {
        string[] literals = [.. elements.Cast<object?>().Select(Write)];
        return literals.Length == 0 ? Empty("array()", elements) : $"array({string.Join(", ", WithType(literals, elements))})";
    }

    private static string Map(IDictionary map)
    {
        var pairs = WithType([.. map.Values.Cast<object?>().Select(Write)], map).Zip(map.Keys.Cast<object>(), (value, key) => $"{Write(key)}, {value}");
        return map.Count == 0 ? Empty("map()", map) : $"map({string.Join(", ", pairs)})";
    }

    private static string Struct(KeyValuePair<string, object?>[] members)
    {
        if (members.Length == 0) throw new SchemaValidationException("A struct without members has no literal in Spark. Give a member, or null.");
        if (members.Select(member => member.Key).Distinct(StringComparer.OrdinalIgnoreCase).Count() < members.Length)
            throw new SchemaValidationException("A struct names a member twice; names are unique without regard to case.");
        return $"named_struct({string.Join(", ", members.Select(member => $"{Text(member.Key)}, {Write(member.Value)}"))})";
    }

    private static string Empty(string literal, IEnumerable collection) => LiteralTypes.Of(collection.GetType()) is { } type ? $"CAST({literal} AS {type})" : literal;

    /// <summary>Where no value says its type, all being null, the first is given that of its CLR type.</summary>
    private static string[] WithType(string[] literals, IEnumerable collection)
    {
        if (literals.Length > 0 && literals.All(literal => literal == Null) && LiteralTypes.OfValues(collection.GetType()) is { } type) literals[0] = $"CAST({Null} AS {type})";
        return literals;
    }
}
