using System.Buffers;
using System.Numerics;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Parquet's hybrid of run lengths and bit packing, for levels and for the indexes into a dictionary.</summary>
internal static class RleEncoder
{
    private const int GroupSize = 8;

    /// <summary>The bits that the values 0 to <paramref name="greatest"/> take.</summary>
    public static int BitWidth(int greatest) => greatest == 0 ? 0 : BitOperations.Log2((uint)greatest) + 1;

    public static void Encode<T>(ReadOnlySpan<T> values, int bitWidth, IBufferWriter<byte> output)
        where T : unmanaged, IBinaryInteger<T>
    {
        var packedFrom = 0;
        for (var at = 0; at < values.Length;)
        {
            var rest = values[at..].IndexOfAnyExcept(values[at]);
            var end = rest < 0 ? values.Length : at + rest;

            // Packed values come in whole groups, so the run gives the ones that fill the group before it.
            var given = -(at - packedFrom) & (GroupSize - 1);
            if (end - at - given >= GroupSize)
            {
                Pack(values[packedFrom..(at + given)], bitWidth, output);
                Repeat(uint.CreateTruncating(values[at]), end - at - given, bitWidth, output);
                packedFrom = end;
            }

            at = end;
        }

        Pack(values[packedFrom..], bitWidth, output);
    }

    private static void Repeat(uint value, int count, int bitWidth, IBufferWriter<byte> output)
    {
        VarInt((uint)count << 1, output);
        for (var bits = 0; bits < bitWidth; bits += 8) Byte((byte)(value >> bits), output);
    }

    private static void Pack<T>(ReadOnlySpan<T> values, int bitWidth, IBufferWriter<byte> output)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (values.IsEmpty) return;
        var groups = (values.Length + GroupSize - 1) / GroupSize;
        VarInt(((uint)groups << 1) | 1, output);
        var size = groups * bitWidth;
        var target = output.GetSpan(size)[..size];
        ulong pending = 0;
        var pendingBits = 0;
        var written = 0;
        foreach (var value in values)
        {
            pending |= (ulong)uint.CreateTruncating(value) << pendingBits;
            pendingBits += bitWidth;
            for (; pendingBits >= 8; pendingBits -= 8, pending >>= 8) target[written++] = (byte)pending;
        }

        if (pendingBits > 0) target[written++] = (byte)pending;
        target[written..].Clear();
        output.Advance(size);
    }

    private static void VarInt(uint value, IBufferWriter<byte> output)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80), output);
        Byte((byte)value, output);
    }

    private static void Byte(byte value, IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
