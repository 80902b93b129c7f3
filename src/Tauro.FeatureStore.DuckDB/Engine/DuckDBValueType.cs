using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>The types of DuckDB that CLR values have. What a CLR type leaves open, the members of a struct and the digits of decimals, the values say.</summary>
internal static class DuckDBValueType
{
    /// <summary>The type of some values of one CLR type, which the caller disposes.</summary>
    /// <param name="parameter">The parameter that they are of.</param>
    /// <param name="type">The CLR type.</param>
    /// <param name="values">The values, of which some may be null.</param>
    /// <exception cref="ArgumentException">DuckDB has no type for it.</exception>
    public static DuckDBLogicalType Of(string parameter, Type type, IReadOnlyList<object?> values)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(object))
        {
            return values.FirstOrDefault(value => value is not (null or DBNull)) is { } known
                ? Of(parameter, known.GetType(), values)
                : NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.SqlNull);
        }

        if (typeof(IEnumerable<KeyValuePair<string, object?>>).IsAssignableFrom(type)) return OfStruct(parameter, [.. values.OfType<IEnumerable<KeyValuePair<string, object?>>>()]);
        if (IsMap(type)) return OfMap(parameter, type, [.. values.OfType<IEnumerable>()]);
        if (type == typeof(decimal)) return OfDecimals(parameter, [.. values.OfType<decimal>()]);
        if (type == typeof(string) || type == typeof(byte[]) || ItemType(type) is null) return Scalar(parameter, type);
        using var item = OfItems(parameter, type, [.. values.OfType<IEnumerable>().SelectMany(list => list.Cast<object?>())]);
        return NativeMethods.LogicalType.DuckDBCreateListType(item);
    }

    /// <summary>The type of the items of a list.</summary>
    public static DuckDBLogicalType OfItems(string parameter, Type list, IReadOnlyList<object?> items) => Of(parameter, ItemType(list) ?? throw Unknown(parameter, list), items);

    /// <summary>Whether a type is that of dictionaries with values of one type.</summary>
    public static bool IsMap(Type type) => PairType(type) is not null;

    /// <summary>The keys and the values of a dictionary.</summary>
    public static (object?[] Keys, object?[] Values) Pairs(IEnumerable map)
    {
        var pair = PairType(map.GetType())!;
        var (key, value) = (pair.GetProperty("Key")!, pair.GetProperty("Value")!);
        object[] pairs = [.. map.Cast<object>()];
        return ([.. pairs.Select(each => key.GetValue(each))], [.. pairs.Select(each => value.GetValue(each))]);
    }

    public static ArgumentException Unknown(string parameter, Type type) => new(
        $"The parameter ${parameter} is of the type {type}, for which DuckDB has no parameter. Take a number, a text, a truth value, a date, a time, an array of one of these, a "
        + "dictionary (a MAP), or a dictionary of names to objects (a STRUCT).");

    private static unsafe DuckDBLogicalType OfStruct(string parameter, IReadOnlyList<IEnumerable<KeyValuePair<string, object?>>> values)
    {
        string[] names = [.. values.SelectMany(value => value).Select(member => member.Key).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (names.Length == 0)
        {
            return values.Count == 0
                ? NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.SqlNull)
                : throw new ArgumentException($"The parameter ${parameter} is a struct without members, which DuckDB does not have. Give a member, or null.");
        }

        if (values.Any(value => !value.Select(member => member.Key).SequenceEqual(names, StringComparer.OrdinalIgnoreCase)))
            throw new ArgumentException($"The parameter ${parameter} holds structs of different members. Give each the members {string.Join(", ", names)}, in this order.");
        var types = new List<DuckDBLogicalType>(names.Length);
        nint[] texts = [.. names.Select(Marshal.StringToCoTaskMemUTF8)];
        try
        {
            for (var i = 0; i < names.Length; i++) types.Add(Of(parameter, typeof(object), [.. values.Select(value => value.ElementAt(i).Value)]));
            nint[] handles = [.. types.Select(type => type.DangerousGetHandle())];
            fixed (nint* type = handles, name = texts) return DuckDBNative.CreateStructType(type, name, names.Length);
        }
        finally
        {
            foreach (var type in types) type.Dispose();
            foreach (var text in texts) Marshal.FreeCoTaskMem(text);
        }
    }

    private static DuckDBLogicalType OfMap(string parameter, Type type, IReadOnlyList<IEnumerable> maps)
    {
        var arguments = PairType(type)!.GetGenericArguments();
        var pairs = maps.Select(Pairs).ToList();
        using var key = Of(parameter, arguments[0], [.. pairs.SelectMany(pair => pair.Keys)]);
        using var value = Of(parameter, arguments[1], [.. pairs.SelectMany(pair => pair.Values)]);
        return DuckDBNative.CreateMapType(key, value);
    }

    /// <summary>The decimals of one list differ in their digits; the type holds them all.</summary>
    private static DuckDBLogicalType OfDecimals(string parameter, IReadOnlyList<decimal> numbers)
    {
        const int MostDigits = 38;
        int scale = numbers.Select(number => number.Scale).DefaultIfEmpty((byte)0).Max();
        var whole = numbers.Select(number => decimal.Truncate(decimal.Abs(number)).ToString(CultureInfo.InvariantCulture).Length).DefaultIfEmpty(1).Max();
        return whole + scale <= MostDigits
            ? NativeMethods.LogicalType.DuckDBCreateDecimalType((byte)(whole + scale), (byte)scale)
            : throw new ArgumentException($"The parameter ${parameter} holds decimals of {whole} digits before the point and others of {scale} behind it; DuckDB's decimals have {MostDigits} in all.");
    }

    private static DuckDBLogicalType Scalar(string parameter, Type type) => NativeMethods.LogicalType.DuckDBCreateLogicalType(
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

    private static Type? PairType(Type type) => ItemType(type) is { IsGenericType: true } item && item.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) ? item : null;

    private static Type? ItemType(Type type) => type.IsArray
        ? type.GetElementType()
        : type.GetInterfaces().Append(type).FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
}
