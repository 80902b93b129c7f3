using System.Buffers;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Booleans: single bits in Arrow and in Parquet, which start at other places where an array is sliced, has nulls or is cut into pages.</summary>
internal sealed class BooleanValues(ReadOnlyMemory<byte> bits, ValuePositions positions) : LeafValues
{
    public override int Count => positions.Count;

    public override long ByteCount => (positions.Count + 7) / 8;

    public override ParquetBounds? Bounds
    {
        get
        {
            if (Count == 0) return null;
            var source = bits.Span;
            var (anyTrue, anyFalse) = (false, false);
            for (var index = 0; index < Count && !(anyTrue && anyFalse); index++)
            {
                if (Bit(source, positions[index]) != 0) anyTrue = true;
                else anyFalse = true;
            }

            return ParquetBounds.Of(anyFalse ? 0L : 1L, anyTrue ? 1L : 0L);
        }
    }

    public override void Write(int from, int to, IBufferWriter<byte> output)
    {
        var size = (to - from + 7) / 8;
        var target = output.GetSpan(size)[..size];
        target.Clear();
        var source = bits.Span;
        for (var index = from; index < to; index++) target[(index - from) >> 3] |= (byte)(Bit(source, positions[index]) << ((index - from) & 7));
        output.Advance(size);
    }

    private static int Bit(ReadOnlySpan<byte> source, int position) => (source[position >> 3] >> (position & 7)) & 1;
}
