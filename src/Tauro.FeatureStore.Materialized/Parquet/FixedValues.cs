using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Numbers of 4 or 8 bytes: Arrow and Parquet store them alike, so without nulls an Arrow buffer is written as it is.</summary>
internal sealed class FixedValues<T>(ReadOnlyMemory<byte> bytes) : LeafValues
    where T : unmanaged, INumber<T>
{
    public override int Count => bytes.Length / Unsafe.SizeOf<T>();

    public override long ByteCount => bytes.Length;

    public override ParquetBounds? Bounds
    {
        get
        {
            var values = MemoryMarshal.Cast<byte, T>(bytes.Span);
            if (values.IsEmpty || !Extremes.TryFind(values, out var min, out var max)) return null;
            return typeof(T) == typeof(float) || typeof(T) == typeof(double)
                ? ParquetBounds.Of(double.CreateChecked(min), double.CreateChecked(max))
                : ParquetBounds.Of(long.CreateChecked(min), long.CreateChecked(max));
        }
    }

    public override ParquetBounds? BoundsOf(int from, int to) =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) ? null : new FixedValues<T>(Slice(from, to)).Bounds;

    public static FixedValues<T> Gather(ReadOnlyMemory<byte> buffer, ValuePositions positions)
    {
        var width = Unsafe.SizeOf<T>();
        if (positions.IsRange) return new FixedValues<T>(buffer.Slice(positions.Start * width, positions.Count * width));

        var source = MemoryMarshal.Cast<byte, T>(buffer.Span);
        var gathered = new byte[positions.Count * width];
        var target = MemoryMarshal.Cast<byte, T>(gathered.AsSpan());
        var list = positions.List;
        for (var index = 0; index < target.Length; index++) target[index] = source[list[index]];
        return new FixedValues<T>(gathered);
    }

    public override void Write(int from, int to, IBufferWriter<byte> output) => output.Write(Slice(from, to).Span);

    public override bool TryGetPlain(int from, int to, out ReadOnlyMemory<byte> plain)
    {
        plain = Slice(from, to);
        return true;
    }

    private ReadOnlyMemory<byte> Slice(int from, int to) => bytes[(from * Unsafe.SizeOf<T>())..(to * Unsafe.SizeOf<T>())];
}
