using System.Buffers.Binary;
using Parquet.Meta;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads the bounds that a file states for a row group, where they can be trusted.</summary>
internal static class RowGroupBounds
{
    /// <summary>The bounds of a column of integers, dates (in days) or timestamps (in microseconds).</summary>
    public static bool TryRead(ParquetLeafType type, ColumnMetaData chunk, bool writtenByParquetNet, out long min, out long max)
    {
        (min, max) = (0, 0);
        if (chunk.Statistics is not { } statistics || statistics.NullCount == chunk.NumValues) return false;
        return (statistics.MinValue ?? statistics.Min) is { } least && (statistics.MaxValue ?? statistics.Max) is { } greatest
            && TryRead(type, least, greatest, writtenByParquetNet, out min, out max);
    }

    /// <summary>The bounds as they are encoded, of a row group or of a page.</summary>
    public static bool TryRead(ParquetLeafType type, byte[] least, byte[] greatest, bool writtenByParquetNet, out long min, out long max)
    {
        (min, max) = (0, 0);
        if (!TryDecode(type, least, out min) || !TryDecode(type, greatest, out max)) return false;
        switch (type.Meaning)
        {
            case ParquetMeaning.None or ParquetMeaning.SignedInteger or ParquetMeaning.Date:
                return true;
            case ParquetMeaning.UnsignedInteger:
                return type.Width < 32;
            case ParquetMeaning.TimestampMillis:
                return Timestamps.TryFromMillis(min, out min) && Timestamps.TryFromMillis(max, out max);
            case ParquetMeaning.TimestampMicros:
                // Parquet.Net states bounds in milliseconds whatever the column's unit.
                return !writtenByParquetNet;
            case ParquetMeaning.TimestampNanos:
                (min, max) = (Timestamps.FromNanos(min), Timestamps.FromNanos(max));
                return !writtenByParquetNet;
            default:
                return false;
        }
    }

    private static bool TryDecode(ParquetLeafType type, byte[] bytes, out long value)
    {
        value = (type.Physical, bytes.Length) switch
        {
            (Parquet.Meta.Type.INT32, sizeof(int)) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            (Parquet.Meta.Type.INT64, sizeof(long)) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => 0,
        };
        return (type.Physical, bytes.Length) is (Parquet.Meta.Type.INT32, sizeof(int)) or (Parquet.Meta.Type.INT64, sizeof(long));
    }
}
