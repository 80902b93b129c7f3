using CsCheck;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>Columns of any type, nested at random, with nulls and empty lists wherever they may be.</summary>
internal static class Generated
{
    private static readonly Gen<DataType> Plain = Gen.OneOf(
        Gen.OneOf(DataType.Int, DataType.BigInt, DataType.Float, DataType.Double, DataType.Boolean, DataType.String, DataType.Date, DataType.Timestamp),
        Gen.Int[1, 28].SelectMany(precision => Gen.Int[0, precision].Select(scale => DataType.Decimal(precision, scale))));

    private static readonly Gen<DataType> Key = Gen.OneOf(DataType.Int, DataType.BigInt, DataType.String, DataType.Date);

    public static Gen<(DataType Type, object?[] Values, int From)> Columns { get; } =
        from type in Type(3)
        from values in Value(type).Array[0, 40]
        from at in Gen.Int[0, values.Length]
        select (type, values, at);

    private static Gen<DataType> Type(int depth) => depth == 0 ? Plain : Gen.Frequency(
        (1, Plain),
        (2, Type(depth - 1).Select(DataType.Array)),
        (1, Gen.Select(Key, Type(depth - 1), DataType.Map)),
        (2, Type(depth - 1).Array[1, 3].Select(types => DataType.Struct([.. types.Select((type, index) => ($"m{index}", type))]))));

    private static Gen<object?> Value(DataType type) => Gen.Frequency((1, Gen.Const((object?)null)), (4, Present(type)));

    private static Gen<object?> Present(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => Gen.Int.Select(value => (object?)value),
        DataTypeKind.BigInt => Gen.Long.Select(value => (object?)value),
        DataTypeKind.Float => Gen.Float.Select(value => (object?)value),
        DataTypeKind.Double => Gen.Double.Select(value => (object?)value),
        DataTypeKind.Boolean => Gen.Bool.Select(value => (object?)value),
        DataTypeKind.String => Gen.OneOf(Gen.OneOf("", "a", "b", "\0", "\U0001F600"), Gen.String.AlphaNumeric).Select(value => (object?)value),
        DataTypeKind.Date => Gen.Int[-700_000, 2_900_000].Select(value => (object?)value),
        DataTypeKind.Timestamp => Gen.Long[-62_135_596_800_000_000, 253_402_300_799_999_999].Select(value => (object?)value),
        DataTypeKind.Decimal => Gen.ULong.Select(Gen.ULong, (high, low) => (object?)Decimal(type, high, low)),
        DataTypeKind.Array => Value(type.Element!).Array[0, 4].Select(value => (object?)value),
        DataTypeKind.Map => Gen.Select(Present(type.Key!), Value(type.Element!)).Array[0, 4]
            .Select(pairs => (object?)pairs.DistinctBy(pair => pair.Item1).Select(pair => (object?)new[] { pair.Item1, pair.Item2 }).ToArray()),
        _ => type.Members.Aggregate(
            Gen.Const(System.Array.Empty<object?>()),
            (members, member) => Gen.Select(members, Value(member.Type), (before, value) => (object?[])[.. before, value])).Select(value => (object?)value),
    };

    private static decimal Decimal(DataType type, ulong high, ulong low)
    {
        var limit = decimal.Parse("1" + new string('0', type.Precision), System.Globalization.CultureInfo.InvariantCulture);
        var unscaled = new decimal((int)low, (int)(low >> 32), (int)high & 0x0FFF_FFFF, false, 0) % limit;
        var bits = decimal.GetBits(decimal.Truncate(unscaled));
        return new decimal(bits[0], bits[1], bits[2], (high & (1UL << 40)) != 0, (byte)type.Scale);
    }
}
