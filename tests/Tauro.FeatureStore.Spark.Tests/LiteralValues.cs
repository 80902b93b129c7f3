using System.Collections;
using System.Globalization;
using System.Text;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Values for literals: the hard ones of every type, and others by chance, which are the same ones for the same seed.</summary>
internal sealed class LiteralValues(int seed)
{
    private const int LongestText = 40;
    private const int MostElements = 4;
    private const int DeepestNesting = 3;
    private const string HardSigns = "'\\\"`${}\0\n\r;-/*%:?";

    private static readonly DataTypeKind[] Kinds = Enum.GetValues<DataTypeKind>();

    private static readonly string[] HardTexts =
    [
        "", " ", "'", "''", "\\", "\\'", "\\\\", "\"", "`", "$x", "${spark.app.name}", "${env:HOME}", "%", "_", "\0", "a\0b", "\n", "\r\n", "\t", "--", "/* */", ";",
        "'); DROP TABLE users; --", "é", "e\u0301", "日本語", "😀", "\u200B", "\uFEFF", "\\u0041", "\\x41", "\\047", "r'x'", "X'41'", ":x", "?", "{}", "\u001A", "\uFFFF", "null", "NULL",
    ];

    private static readonly Dictionary<DataTypeKind, object[]> Hard = new()
    {
        [DataTypeKind.Boolean] = [true, false],
        [DataTypeKind.Int] = [int.MinValue, int.MaxValue, 0, -1],
        [DataTypeKind.BigInt] = [long.MinValue, long.MaxValue, 0L, -1L, int.MinValue - 1L],
        [DataTypeKind.Float] =
            [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.Epsilon, -float.Epsilon, MathF.BitDecrement(1.17549435e-38f), float.MaxValue, float.MinValue, 0.1f, 16777217f],
        [DataTypeKind.Double] =
            [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, double.Epsilon, -double.Epsilon, 2.2250738585072011e-308, double.MaxValue, double.MinValue, 0.1, 9007199254740993.0],
        [DataTypeKind.Decimal] = [0m, 0.0m, -0.01m, 1.50m, 0.5m, 9999999999999999999999999999m, -0.0000000000000000000000000001m, 1e-28m, 0.9999999999999999999999999999m],
        [DataTypeKind.Date] =
        [
            DateOnly.MinValue, DateOnly.MaxValue, new DateOnly(1582, 10, 4), new DateOnly(1582, 10, 10), new DateOnly(1582, 10, 15), new DateOnly(1500, 2, 28), new DateOnly(1900, 2, 28),
            new DateOnly(1969, 12, 31), new DateOnly(1970, 1, 1), new DateOnly(2024, 2, 29),
        ],
        [DataTypeKind.Timestamp] =
        [
            DateTimeOffset.MinValue, UtcTime.ToDateTimeOffset(UtcTime.MaxValue), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMicroseconds(-1),
            new DateTimeOffset(1582, 10, 10, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(1883, 11, 18, 12, 0, 0, TimeSpan.FromHours(-5)), new DateTimeOffset(2024, 3, 31, 2, 30, 0, TimeSpan.Zero),
            new DateTimeOffset(2024, 11, 3, 1, 30, 0, TimeSpan.FromHours(-4)), new DateTimeOffset(2262, 4, 12, 0, 0, 0, TimeSpan.Zero),
        ],
        [DataTypeKind.String] = HardTexts,
    };

    private readonly Random _random = new(seed);

    /// <summary>All hard values of a type without members, and as many by chance.</summary>
    public T[] Many<T>(DataType type, int byChance) => [.. Hard[type.Kind].Cast<T>(), .. Enumerable.Range(0, byChance).Select(_ => (T)Random(type))];

    /// <summary>A decimal of 29 digits, which no data type of ours has.</summary>
    public decimal LongDecimal() => new(_random.Next(), _random.Next(), int.MaxValue - _random.Next(100), _random.Next(2) == 0, (byte)_random.Next(29));

    /// <summary>A type with members, of any types.</summary>
    public DataType NestedType() => NextType(depth: 1, DataTypeKind.Array, DataTypeKind.Map, DataTypeKind.Struct);

    /// <summary>A value of a type, in which every value but a key may be null.</summary>
    public object Next(DataType type) => type.Kind switch
    {
        DataTypeKind.Array => Elements(type),
        DataTypeKind.Map => Pairs(type),
        DataTypeKind.Struct => type.Members.ToDictionary(member => member.Name, member => NextOrNull(member.Type)),
        DataTypeKind.Decimal => Random(type),
        _ => _random.Next(3) == 0 ? Hard[type.Kind][_random.Next(Hard[type.Kind].Length)] : Random(type),
    };

    private object? NextOrNull(DataType type) => _random.Next(6) == 0 ? null : Next(type);

    private DataType NextType(int depth, params ReadOnlySpan<DataTypeKind> kinds) => kinds[_random.Next(kinds.Length)] switch
    {
        DataTypeKind.Int => DataType.Int,
        DataTypeKind.BigInt => DataType.BigInt,
        DataTypeKind.Float => DataType.Float,
        DataTypeKind.Double => DataType.Double,
        DataTypeKind.Decimal => _random.Next(1, DataType.MaxDecimalPrecision + 1) is var digits ? DataType.Decimal(digits, _random.Next(digits + 1)) : throw new InvalidOperationException(),
        DataTypeKind.String => DataType.String,
        DataTypeKind.Boolean => DataType.Boolean,
        DataTypeKind.Timestamp => DataType.Timestamp,
        DataTypeKind.Date => DataType.Date,
        DataTypeKind.Array => DataType.Array(NextType(depth + 1, Within(depth))),
        DataTypeKind.Map => DataType.Map(NextType(depth, Within(DeepestNesting)), NextType(depth + 1, Within(depth))),
        _ => DataType.Struct([.. Enumerable.Range(0, _random.Next(1, 4)).Select(i => new StructMember(FormattableString.Invariant($"m{i}"), NextType(depth + 1, Within(depth))))]),
    };

    private static ReadOnlySpan<DataTypeKind> Within(int depth) =>
        depth < DeepestNesting ? Kinds : Kinds.AsSpan()[..Array.IndexOf(Kinds, DataTypeKind.Array)];

    private Array Elements(DataType type)
    {
        var elements = Array.CreateInstance(ArrowTypes.ToNullableClr(type.Element!), _random.Next(MostElements + 1));
        for (var i = 0; i < elements.Length; i++) elements.SetValue(NextOrNull(type.Element!), i);
        return elements;
    }

    private IDictionary Pairs(DataType type)
    {
        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(ArrowTypes.ToClr(type.Key!), ArrowTypes.ToNullableClr(type.Element!)))!;
        for (var i = _random.Next(MostElements + 1); i > 0; i--) map[Next(type.Key!)] = NextOrNull(type.Element!);
        return map;
    }

    private object Random(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => _random.Next(int.MinValue, int.MaxValue),
        DataTypeKind.BigInt => _random.NextInt64(long.MinValue, long.MaxValue),
        // By their bits: numbers of all sizes, and every fourth one below the normal ones.
        DataTypeKind.Float => BitConverter.Int32BitsToSingle(_random.Next(int.MinValue, int.MaxValue) & (_random.Next(4) == 0 ? unchecked((int)0x807F_FFFF) : -1)),
        DataTypeKind.Double => BitConverter.Int64BitsToDouble(_random.NextInt64(long.MinValue, long.MaxValue) & (_random.Next(4) == 0 ? unchecked((long)0x800F_FFFF_FFFF_FFFF) : -1)),
        DataTypeKind.Decimal => Decimal(type.Precision, type.Scale),
        DataTypeKind.String => Text(),
        DataTypeKind.Boolean => _random.Next(2) == 0,
        DataTypeKind.Timestamp => UtcTime.ToDateTimeOffset(_random.NextInt64(UtcTime.MinValue, UtcTime.MaxValue)),
        DataTypeKind.Date => UtcTime.ToDate(_random.Next(UtcTime.MinDay, UtcTime.MaxDay)),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private decimal Decimal(int precision, int scale)
    {
        var digits = new StringBuilder(_random.Next(2) == 0 ? "-" : "");
        for (var i = precision; i > 0; i--)
        {
            if (i == scale) digits.Append('.');
            digits.Append((char)('0' + _random.Next(10)));
        }

        return decimal.Parse(digits.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture);
    }

    private string Text()
    {
        var text = new StringBuilder();
        for (var i = _random.Next(LongestText + 1); i > 0; i--) text.Append(Sign().ToString());
        return text.ToString();
    }

    private Rune Sign() => _random.Next(4) switch
    {
        0 => new Rune(HardSigns[_random.Next(HardSigns.Length)]),
        1 => new Rune(_random.Next(' ', '~' + 1)),
        2 => Rune.TryCreate(_random.Next(0x1_0000), out var sign) ? sign : new Rune('\uFFFD'),
        _ => new Rune(_random.Next(0x1_0000, 0x11_0000)),
    };
}
