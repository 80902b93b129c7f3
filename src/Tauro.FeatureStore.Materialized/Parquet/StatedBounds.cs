using System.Buffers.Binary;
using Parquet.Meta;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads the least and the greatest value that the footer of another writer's file states, where they are the column's own and their order is known.</summary>
internal static class StatedBounds
{
    /// <summary>The bounds of a row group; null where they are not stated, are cut, or are of a type without an order.</summary>
    public static ParquetBounds? Read(ParquetLeafType type, Statistics statistics)
    {
        // The older fields Min and Max do not say by which order they were found.
        if (statistics is not { MinValue: { } min, MaxValue: { } max } || statistics.IsMinValueExact == false || statistics.IsMaxValueExact == false) return null;
        return (type.Physical, type.Meaning) switch
        {
            (Parquet.Meta.Type.BOOLEAN, ParquetMeaning.None) when min.Length == 1 && max.Length == 1 => ParquetBounds.Of(min[0], max[0]),
            (Parquet.Meta.Type.FLOAT, ParquetMeaning.None) when min.Length == sizeof(float) && max.Length == sizeof(float) =>
                Floating(BinaryPrimitives.ReadSingleLittleEndian(min), BinaryPrimitives.ReadSingleLittleEndian(max)),
            (Parquet.Meta.Type.DOUBLE, ParquetMeaning.None) when min.Length == sizeof(double) && max.Length == sizeof(double) =>
                Floating(BinaryPrimitives.ReadDoubleLittleEndian(min), BinaryPrimitives.ReadDoubleLittleEndian(max)),
            (Parquet.Meta.Type.BYTE_ARRAY, ParquetMeaning.Text) => ParquetBounds.OfUtf8(min, max),
            (_, ParquetMeaning.Decimal) => Whole(type, min) is { } least && Whole(type, max) is { } greatest ? ParquetBounds.OfUnscaled(least, greatest) : null,
            (_, ParquetMeaning.None or ParquetMeaning.Date or ParquetMeaning.TimestampMicros) =>
                Whole(type, min) is { } least && Whole(type, max) is { } greatest ? ParquetBounds.Of((long)least, (long)greatest) : null,
            _ => null,
        };
    }

    private static ParquetBounds? Floating(double min, double max) => double.IsNaN(min) || double.IsNaN(max) ? null : ParquetBounds.Of(min, max);

    private static Int128? Whole(ParquetLeafType type, byte[] bytes) => (type.Physical, bytes.Length) switch
    {
        (Parquet.Meta.Type.INT32, sizeof(int)) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        (Parquet.Meta.Type.INT64, sizeof(long)) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        (Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY, > 0 and <= 16) when bytes.Length == type.Length && type.Meaning == ParquetMeaning.Decimal => BigEndian(bytes),
        _ => null,
    };

    private static Int128 BigEndian(ReadOnlySpan<byte> bytes)
    {
        Int128 value = (sbyte)bytes[0];
        foreach (var next in bytes[1..]) value = (value << 8) | next;
        return value;
    }
}
