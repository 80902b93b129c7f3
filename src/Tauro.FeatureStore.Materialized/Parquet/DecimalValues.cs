using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Decimals, narrowed from Arrow's 128 bits to what Parquet stores for their precision.</summary>
internal sealed class DecimalValues : LeafValues
{
    private readonly byte[] _bytes;
    private readonly int _width;

    private DecimalValues(byte[] bytes, int width, ParquetBounds? bounds)
    {
        _bytes = bytes;
        _width = width;
        Bounds = bounds;
    }

    public override int Count => _bytes.Length / _width;

    public override long ByteCount => _bytes.Length;

    public override ParquetBounds? Bounds { get; }

    public static DecimalValues Of(ParquetColumn column, ParquetLeafType type, ReadOnlySpan<byte> buffer, ValuePositions positions)
    {
        var source = MemoryMarshal.Cast<byte, Int128>(buffer);
        var width = type.Physical switch
        {
            Parquet.Meta.Type.INT32 => sizeof(int),
            Parquet.Meta.Type.INT64 => sizeof(long),
            _ => type.Length,
        };
        var bytes = new byte[positions.Count * width];
        var limit = DecimalDigits.Limit(type.Precision);
        var (min, max) = (limit, -limit);
        for (var index = 0; index < positions.Count; index++)
        {
            var value = source[positions[index]];
            if (value <= -limit || value >= limit) throw TooWide(column, type);
            if (value < min) min = value;
            if (value > max) max = value;
            var target = bytes.AsSpan(index * width, width);
            if (width == sizeof(int)) BinaryPrimitives.WriteInt32LittleEndian(target, (int)value);
            else if (width == sizeof(long)) BinaryPrimitives.WriteInt64LittleEndian(target, (long)value);
            else BinaryPrimitives.WriteInt128BigEndian(target, value);
        }

        return new DecimalValues(bytes, width, positions.Count == 0 ? null : ParquetBounds.OfUnscaled(min, max));
    }

    public override void Write(int from, int to, IBufferWriter<byte> output) => output.Write(_bytes.AsSpan(from * _width, (to - from) * _width));

    public override bool TryGetPlain(int from, int to, out ReadOnlyMemory<byte> plain)
    {
        plain = _bytes.AsMemory(from * _width, (to - from) * _width);
        return true;
    }

    private static FeatureMaterializationException TooWide(ParquetColumn column, ParquetLeafType type) =>
        new($"Column '{column.Name}' ({column.Type}) has a decimal with more digits than the {type.Precision} of its type.");
}
