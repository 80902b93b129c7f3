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
        IEnumerable<KeyValuePair<string, object?>> members => MakeStruct(parameter, members),
        IEnumerable map when DuckDBValueType.IsMap(map.GetType()) => MakeMap(parameter, map),
        IEnumerable list => MakeList(parameter, list),
        _ => throw DuckDBValueType.Unknown(parameter, value.GetType()),
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
        object?[] items = [.. list.Cast<object?>()];
        using var type = DuckDBValueType.OfItems(parameter, list.GetType(), items);
        return WithHandles(parameter, items, elements => Native.DuckDBCreateListValue(type, elements, items.Length));
    }

    private static unsafe DuckDBValue MakeMap(string parameter, IEnumerable map)
    {
        var (keys, values) = DuckDBValueType.Pairs(map);
        using var type = DuckDBValueType.Of(parameter, map.GetType(), [map]);
        return WithHandles(parameter, keys, keyHandles => WithHandles(parameter, values, valueHandles =>
        {
            fixed (nint* firstKey = keyHandles, firstValue = valueHandles) return DuckDBNative.CreateMap(type, firstKey, firstValue, keys.Length);
        }));
    }

    private static unsafe DuckDBValue MakeStruct(string parameter, IEnumerable<KeyValuePair<string, object?>> members)
    {
        using var type = DuckDBValueType.Of(parameter, members.GetType(), [members]);
        return WithHandles(parameter, [.. members.Select(member => member.Value)], handles =>
        {
            fixed (nint* first = handles) return DuckDBNative.CreateStruct(type, first);
        });
    }

    /// <summary>DuckDB copies the values that one is made of. It takes no null for an empty array of them, so one more element stands at the end.</summary>
    private static DuckDBValue WithHandles(string parameter, object?[] values, Func<nint[], DuckDBValue> make)
    {
        var made = new List<DuckDBValue>(values.Length);
        try
        {
            foreach (var value in values) made.Add(Make(parameter, value));
            var whole = make([.. made.Select(value => value.DangerousGetHandle()), 0]);
            return !whole.IsInvalid ? whole : throw new ArgumentException($"The parameter ${parameter} is no value of one type to DuckDB. Give all its elements the same type.");
        }
        finally
        {
            foreach (var value in made) value.Dispose();
        }
    }

    /// <summary>Microseconds since 1970 of ticks since year 1; what is below a microsecond is cut off, downwards.</summary>
    private static long Micros(long ticks) => (ticks / TimeSpan.TicksPerMicrosecond) - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>A time that does not say its zone is UTC.</summary>
    private static DateTime ToUtc(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;
}

/// <summary>A TIMESTAMP of a plan, in microseconds.</summary>
internal readonly record struct ZonelessTimestamp(long Micros);

/// <summary>A TIMESTAMP WITH TIME ZONE of a plan, in microseconds.</summary>
internal readonly record struct UtcTimestamp(long Micros);
