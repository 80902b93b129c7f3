using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using DuckDB.NET.Native;
using Native = DuckDB.NET.Native.NativeMethods.Value;

namespace Tauro.FeatureStore.Engines;

/// <summary>CLR values as DuckDB's own, each of the type that its CLR type says, whatever a query makes of it.</summary>
internal static class DuckDBValues
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The value of a parameter, which the caller disposes.</summary>
    /// <exception cref="ArgumentException">DuckDB has no type for it.</exception>
    public static DuckDBValue Make(string parameter, object? value) => value switch
    {
        null or DBNull => Native.DuckDBCreateNullValue(),
        bool flag => Native.DuckDBCreateBool(flag),
        sbyte number => Native.DuckDBCreateInt8(number),
        short number => Native.DuckDBCreateInt16(number),
        int number => Native.DuckDBCreateInt32(number),
        long number => Native.DuckDBCreateInt64(number),
        byte number => Native.DuckDBCreateUInt8(number),
        ushort number => Native.DuckDBCreateUInt16(number),
        uint number => Native.DuckDBCreateUInt32(number),
        ulong number => Native.DuckDBCreateUInt64(number),
        BigInteger number => Native.DuckDBCreateHugeInt(new DuckDBHugeInt(number)),
        float number => Native.DuckDBCreateFloat(number),
        double number => Native.DuckDBCreateDouble(number),
        decimal number => MakeDecimal(number),
        string text => MakeText(parameter, text),
        DateOnly date => Native.DuckDBCreateDate(new DuckDBDate { Days = date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber }),
        DateTimeOffset instant => Native.DuckDBCreateTimestampTz(new DuckDBTimestampStruct { Micros = Micros(instant.UtcTicks) }),
        DateTime time => Native.DuckDBCreateTimestamp(new DuckDBTimestampStruct { Micros = Micros(ToUtc(time).Ticks) }),
        ZonelessTimestamp time => Native.DuckDBCreateTimestamp(new DuckDBTimestampStruct { Micros = time.Micros }),
        UtcTimestamp time => Native.DuckDBCreateTimestampTz(new DuckDBTimestampStruct { Micros = time.Micros }),
        byte[] bytes => Native.DuckDBCreateBlob(bytes, bytes.Length),
        IEnumerable list => MakeList(parameter, list),
        _ => throw Unknown(parameter, value.GetType()),
    };

    private static unsafe DuckDBValue MakeText(string parameter, string text)
    {
        byte[] bytes;
        try
        {
            bytes = StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException($"The parameter ${parameter} holds half of a surrogate pair, which is no text.", nameof(text), error);
        }

        fixed (byte* start = bytes.Length == 0 ? [0] : bytes) return DuckDBNative.CreateText(start, bytes.Length);
    }

    private static DuckDBValue MakeDecimal(decimal number)
    {
        // The digits as they are: 1.10 is a DECIMAL(3,2).
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(number, bits);
        var digits = ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
        var width = Math.Max(digits.ToString(CultureInfo.InvariantCulture).Length, (int)number.Scale);
        return Native.DuckDBCreateDecimal(new DuckDBDecimal((byte)width, number.Scale, new DuckDBHugeInt(decimal.IsNegative(number) ? -digits : digits)));
    }

    private static DuckDBValue MakeList(string parameter, IEnumerable list)
    {
        var elementType = ElementType(list.GetType()) ?? throw Unknown(parameter, list.GetType());
        var elements = new List<DuckDBValue>();
        try
        {
            foreach (var element in list) elements.Add(Make(parameter, element));
            using var type = MakeType(parameter, elementType);
            return Native.DuckDBCreateListValue(type, [.. elements.Select(element => element.DangerousGetHandle())], elements.Count);
        }
        finally
        {
            foreach (var element in elements) element.Dispose();
        }
    }

    private static DuckDBLogicalType MakeType(string parameter, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type != typeof(string) && type != typeof(byte[]) && ElementType(type) is { } element)
        {
            using var inner = MakeType(parameter, element);
            return NativeMethods.LogicalType.DuckDBCreateListType(inner);
        }

        // Decimals of one list differ in scale; this one holds them all, and 10 digits before the point at least.
        if (type == typeof(decimal)) return NativeMethods.LogicalType.DuckDBCreateDecimalType(38, 28);
        return NativeMethods.LogicalType.DuckDBCreateLogicalType(
            type == typeof(bool) ? DuckDBType.Boolean
            : type == typeof(sbyte) ? DuckDBType.TinyInt
            : type == typeof(short) ? DuckDBType.SmallInt
            : type == typeof(int) ? DuckDBType.Integer
            : type == typeof(long) ? DuckDBType.BigInt
            : type == typeof(byte) ? DuckDBType.UnsignedTinyInt
            : type == typeof(ushort) ? DuckDBType.UnsignedSmallInt
            : type == typeof(uint) ? DuckDBType.UnsignedInteger
            : type == typeof(ulong) ? DuckDBType.UnsignedBigInt
            : type == typeof(BigInteger) ? DuckDBType.HugeInt
            : type == typeof(float) ? DuckDBType.Float
            : type == typeof(double) ? DuckDBType.Double
            : type == typeof(string) ? DuckDBType.Varchar
            : type == typeof(DateOnly) ? DuckDBType.Date
            : type == typeof(DateTime) ? DuckDBType.Timestamp
            : type == typeof(DateTimeOffset) ? DuckDBType.TimestampTz
            : type == typeof(byte[]) ? DuckDBType.Blob
            : throw Unknown(parameter, type));
    }

    private static Type? ElementType(Type type) => type.IsArray
        ? type.GetElementType()
        : type.GetInterfaces().Append(type).FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];

    /// <summary>Microseconds since 1970 of ticks since year 1; what is below a microsecond is cut off, downwards.</summary>
    private static long Micros(long ticks) => (ticks / TimeSpan.TicksPerMicrosecond) - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>A time that does not say its zone is UTC.</summary>
    private static DateTime ToUtc(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;

    private static ArgumentException Unknown(string parameter, Type type) => new(
        $"The parameter ${parameter} is of the type {type}, for which DuckDB has no parameter. Take a number, a text, a truth value, a date, a time, or an array of one of these.");
}

/// <summary>A TIMESTAMP of a plan, in microseconds.</summary>
internal readonly record struct ZonelessTimestamp(long Micros);

/// <summary>A TIMESTAMP WITH TIME ZONE of a plan, in microseconds.</summary>
internal readonly record struct UtcTimestamp(long Micros);
