using System.Buffers;
using System.Buffers.Binary;
using Parquet.Meta;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Writes the footer of a file: its schema, where each column lies, and the statistics by which readers skip row groups.</summary>
internal static class ParquetFooter
{
    /// <summary>What a file begins and ends with.</summary>
    public static ReadOnlyMemory<byte> Magic { get; } = "PAR1"u8.ToArray();

    /// <summary>Longer strings are no bounds: they would fill the footer that every reader reads first.</summary>
    private const int MaxTextBound = 256;

    private const string Writer = "Tauro.FeatureStore version 0.1.0";

    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ParquetNode> columns, IReadOnlyList<RowGroupChunks> rowGroups)
    {
        var output = new ArrayBufferWriter<byte>();
        var thrift = new ThriftCompactWriter(output);
        var leaves = columns.SelectMany(column => column.Leaves).Count();
        thrift.BeginStruct();
        thrift.I32(1, 1);
        ParquetFooterSchema.Write(thrift, 2, columns);
        thrift.I64(3, rowGroups.Sum(group => group.RowCount));
        thrift.List(4, rowGroups.Count, ThriftCompactWriter.StructElement);
        foreach (var group in rowGroups) WriteRowGroup(thrift, group);
        thrift.Text(6, Writer);

        // Without this list readers must not trust the bounds of strings and decimals.
        thrift.List(7, leaves, ThriftCompactWriter.StructElement);
        for (var leaf = 0; leaf < leaves; leaf++)
        {
            thrift.BeginStruct();
            thrift.EmptyStruct(1);
            thrift.EndStruct();
        }

        thrift.EndStruct();

        var length = output.WrittenCount;
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), length);
        output.Advance(sizeof(int));
        output.Write(Magic.Span);
        return output.WrittenMemory;
    }

    private static void WriteRowGroup(ThriftCompactWriter thrift, RowGroupChunks group)
    {
        thrift.BeginStruct();
        thrift.List(1, group.Columns.Count, ThriftCompactWriter.StructElement);
        foreach (var chunk in group.Columns)
        {
            thrift.BeginStruct();
            thrift.I64(2, 0);
            WriteChunk(thrift, chunk);
            if (chunk.OffsetIndex is { } offsets)
            {
                thrift.I64(4, offsets.Offset);
                thrift.I32(5, offsets.Length);
            }

            if (chunk.ColumnIndex is { } bounds)
            {
                thrift.I64(6, bounds.Offset);
                thrift.I32(7, bounds.Length);
            }

            thrift.EndStruct();
        }

        thrift.I64(2, group.Columns.Sum(chunk => chunk.UncompressedSize));
        thrift.I64(3, group.RowCount);
        thrift.I64(5, group.Columns[0].DictionaryOffset ?? group.Columns[0].DataOffset);
        thrift.I64(6, group.Columns.Sum(chunk => chunk.CompressedSize));
        thrift.EndStruct();
    }

    private static void WriteChunk(ThriftCompactWriter thrift, ColumnChunk chunk)
    {
        thrift.BeginStruct(3);
        thrift.I32(1, (int)chunk.Leaf.LeafType!.Physical);
        var encodings = chunk.DictionaryOffset is null ? [chunk.Encoding, Encoding.RLE] : new[] { Encoding.PLAIN, chunk.Encoding, Encoding.RLE };
        thrift.List(2, encodings.Length, ThriftCompactWriter.I32Element);
        foreach (var encoding in encodings) thrift.I32ListElement((int)encoding);
        thrift.List(3, chunk.Leaf.Path.Count, ThriftCompactWriter.BinaryElement);
        foreach (var name in chunk.Leaf.Path) thrift.TextElement(name);
        thrift.I32(4, (int)CompressionCodec.SNAPPY);
        thrift.I64(5, chunk.EntryCount);
        thrift.I64(6, chunk.UncompressedSize);
        thrift.I64(7, chunk.CompressedSize);
        thrift.I64(9, chunk.DataOffset);
        if (chunk.DictionaryOffset is { } dictionary) thrift.I64(11, dictionary);
        thrift.BeginStruct(12);
        thrift.I64(3, chunk.NullCount);
        if (chunk.Bounds is { } bounds) WriteBounds(thrift, chunk.Leaf.LeafType, bounds);
        thrift.EndStruct();
        thrift.EndStruct();
    }

    private static void WriteBounds(ThriftCompactWriter thrift, ParquetLeafType type, ParquetBounds bounds)
    {
        if (bounds.Min.Kind == ParquetBoundKind.Text && Math.Max(bounds.Min.Utf8.Length, bounds.Max.Utf8.Length) > MaxTextBound) return;
        thrift.Binary(5, Encode(type, bounds.Max));
        thrift.Binary(6, Encode(type, bounds.Min));
    }

    /// <summary>A bound as statistics and page indexes hold it.</summary>
    public static ReadOnlySpan<byte> Encode(ParquetLeafType type, ParquetBound bound)
    {
        if (bound.Kind == ParquetBoundKind.Text) return bound.Utf8.Span;
        var bytes = new byte[16];
        switch (type.Physical)
        {
            case Parquet.Meta.Type.BOOLEAN:
                bytes[0] = (byte)bound.Integer;
                return bytes.AsSpan(0, 1);
            case Parquet.Meta.Type.INT32:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)bound.Integer);
                return bytes.AsSpan(0, sizeof(int));
            case Parquet.Meta.Type.INT64:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, bound.Integer);
                return bytes.AsSpan(0, sizeof(long));
            case Parquet.Meta.Type.FLOAT:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)bound.Number);
                return bytes.AsSpan(0, sizeof(float));
            case Parquet.Meta.Type.DOUBLE:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, bound.Number);
                return bytes.AsSpan(0, sizeof(double));
            default:
                BinaryPrimitives.WriteInt128BigEndian(bytes, bound.Unscaled);
                return bytes;
        }
    }
}
