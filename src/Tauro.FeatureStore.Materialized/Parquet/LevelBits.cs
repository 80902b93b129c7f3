using System.Buffers.Binary;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads the levels of a flat nullable column, which are single bits in Parquet's hybrid of run lengths and bit packing.</summary>
internal static class LevelBits
{
    /// <summary>Reads the levels before a page's values; each becomes a byte, 1 where the value is there.</summary>
    /// <param name="body">The page.</param>
    /// <param name="present">Gets a byte for each row.</param>
    /// <param name="values">How many values are there.</param>
    /// <returns>Where the values begin.</returns>
    /// <exception cref="InvalidDataException">The levels do not fill the page's rows.</exception>
    public static int Read(ReadOnlySpan<byte> body, Span<byte> present, out int values)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(body);
        var levels = body.Slice(sizeof(int), length);
        values = 0;
        for (var (at, row) = (0, 0); row < present.Length;)
        {
            var header = VarInt(levels, ref at);
            if ((header & 1) == 0)
            {
                var run = (int)Math.Min(header >> 1, (uint)(present.Length - row));
                var level = levels[at++];
                if (run == 0 || level > 1) throw new InvalidDataException("A page's levels are damaged.");
                present.Slice(row, run).Fill(level);
                values += run * level;
                row += run;
            }
            else
            {
                var packed = levels.Slice(at, checked((int)(header >> 1)));
                if (packed.IsEmpty) throw new InvalidDataException("A page's levels are damaged.");
                at += packed.Length;
                var end = (int)Math.Min(row + (packed.Length * 8L), present.Length);
                for (var bit = 0; row < end; bit++, row++) values += present[row] = (byte)((packed[bit >> 3] >> (bit & 7)) & 1);
            }
        }

        return sizeof(int) + length;
    }

    private static uint VarInt(ReadOnlySpan<byte> bytes, ref int at)
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = bytes[at++];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("A page's levels are damaged.");
    }
}
