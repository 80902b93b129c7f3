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
    public static string Of(object? value) => value switch
    {
        null => "NULL",
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
        IDictionary map => Map(map),
        IEnumerable elements => Array(elements),
        _ => throw new SchemaValidationException($"A value of the type {value.GetType().Name} has no literal in Spark. Give a number, a text, a boolean, a date, a time, or a list or dictionary of them."),
    };

    private static string Cast(string text, string type) => $"CAST('{text}' AS {type})";

    private static string Floating<T>(T number) where T : struct, System.Numerics.IFloatingPointIeee754<T> =>
        T.IsNaN(number) ? "NaN"
        : T.IsPositiveInfinity(number) ? "Infinity"
        : T.IsNegativeInfinity(number) ? "-Infinity"
        : number.ToString("R", CultureInfo.InvariantCulture);

    private static string Decimal(decimal number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        var digits = text.Count(char.IsAsciiDigit);
        return Cast(text, string.Create(CultureInfo.InvariantCulture, $"DECIMAL({digits},{number.Scale})"));
    }

    private static string Array(IEnumerable elements)
    {
        var literals = new List<string>();
        foreach (var element in elements) literals.Add(Of(element));
        if (literals.Count > 0) return $"array({string.Join(", ", literals)})";
        return ElementType(elements.GetType()) is { } type ? $"CAST(array() AS ARRAY<{SparkDialect.Instance.TypeName(type)}>)" : "array()";
    }

    private static string Map(IDictionary map)
    {
        var literals = new List<string>(map.Count * 2);
        foreach (DictionaryEntry pair in map)
        {
            literals.Add(Of(pair.Key));
            literals.Add(Of(pair.Value));
        }

        return $"map({string.Join(", ", literals)})";
    }

    private static DataType? ElementType(Type type)
    {
        var element = type.GetElementType() ?? type.GetInterfaces().Append(type)
            .FirstOrDefault(each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
        if (element is null) return null;
        element = Nullable.GetUnderlyingType(element) ?? element;
        DataType[] types =
        [
            DataType.Int, DataType.BigInt, DataType.Float, DataType.Double, DataType.String, DataType.Boolean, DataType.Timestamp, DataType.Date,
        ];
        return types.FirstOrDefault(candidate => ArrowTypes.ToClr(candidate) == element);
    }
}
