using System.Runtime.InteropServices;
using Parquet.Meta;

namespace Tauro.FeatureStore.Materialized;

/// <summary>What stands before a page.</summary>
/// <param name="Type">The kind of page.</param>
/// <param name="UncompressedSize">The bytes of its body when decompressed.</param>
/// <param name="CompressedSize">The bytes of its body in the file.</param>
/// <param name="Count">Its values, nulls included.</param>
/// <param name="Encoding">How they are encoded.</param>
/// <param name="Length">The bytes of the header itself.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PageHeader(PageType Type, int UncompressedSize, int CompressedSize, int Count, Encoding Encoding, int Length)
{
    /// <summary>Reads a header from the beginning of some bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes are no header.</exception>
    /// <exception cref="IndexOutOfRangeException">The header is longer than the bytes.</exception>
    public static PageHeader Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftCompactReader(bytes);
        var (type, uncompressed, compressed, count, encoding) = (-1, -1, -1, -1, -1);
        for (var id = 0; reader.NextField(ref id, out var field);)
        {
            switch (id)
            {
                case 1:
                    type = reader.I32();
                    break;
                case 2:
                    uncompressed = reader.I32();
                    break;
                case 3:
                    compressed = reader.I32();
                    break;
                case 5 or 7 or 8:
                    (count, encoding) = ReadBody(ref reader, isVersion2: id == 8);
                    break;
                default:
                    reader.Skip(field);
                    break;
            }
        }

        if (type < 0 || uncompressed < 0 || compressed < 0 || count < 0) throw new InvalidDataException("A page header is incomplete.");
        return new PageHeader((PageType)type, uncompressed, compressed, count, (Encoding)encoding, reader.Position);
    }

    private static (int Count, int Encoding) ReadBody(ref ThriftCompactReader reader, bool isVersion2)
    {
        var (count, encoding) = (-1, -1);
        for (var id = 0; reader.NextField(ref id, out var field);)
        {
            if (id == 1) count = reader.I32();
            else if (id == (isVersion2 ? 4 : 2)) encoding = reader.I32();
            else reader.Skip(field);
        }

        return (count, encoding);
    }
}
