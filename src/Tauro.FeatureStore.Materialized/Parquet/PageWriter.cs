using System.Buffers;
using System.Buffers.Binary;
using Parquet.Meta;
using Snappier;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Cuts a leaf's column into pages, compresses them and writes them. Pages are of version 1, which every reader reads.</summary>
internal sealed class PageWriter(Stream output)
{
    /// <summary>Large enough to compress well, small enough for a processor's nearest caches, and for the few rows that a look-up reads a page for.</summary>
    private const int TargetPageSize = 1 << 16;

    private readonly ArrayBufferWriter<byte> _body = new(TargetPageSize + (TargetPageSize >> 3));
    private readonly ArrayBufferWriter<byte> _header = new(64);
    private byte[] _compressed = [];
    private long _uncompressedSize;

    /// <summary>The bytes written to the file so far.</summary>
    public long Position { get; private set; }

    /// <summary>Writes bytes that are no page.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        Position += bytes.Length;
    }

    public async Task<ColumnChunk> WriteAsync(ShreddedLeaf leaf, LeafValues values, bool withBounds, CancellationToken cancellationToken)
    {
        var start = Position;
        _uncompressedSize = 0;
        if (values.DictionaryCount > 0)
        {
            _body.ResetWrittenCount();
            values.WriteDictionary(_body);
            await WritePageAsync(PageType.DICTIONARY_PAGE, values.DictionaryCount, Encoding.PLAIN, _body.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }

        var dataStart = Position;
        var pages = new List<PageEntry>();
        var entriesInPage = (int)Math.Clamp((long)TargetPageSize * leaf.EntryCount / Math.Max(1, values.ByteCount), 1, TargetPageSize);
        for (int from = 0, valuesFrom = 0; from < leaf.EntryCount;)
        {
            var to = PageEnd(leaf, from, entriesInPage);
            var valuesTo = valuesFrom + CountValues(leaf, from, to);
            var pageStart = Position;
            await WritePageAsync(PageType.DATA_PAGE, to - from, values.Encoding, Body(leaf, values, from, to, valuesFrom, valuesTo), cancellationToken)
                .ConfigureAwait(false);
            if (leaf.Repetitions is null && leaf.Node.Path.Count == 1)
                pages.Add(new PageEntry(
                    new PageLocation(pageStart, (int)(Position - pageStart), from, to - from), to - from - (valuesTo - valuesFrom),
                    withBounds && valuesTo > valuesFrom ? values.BoundsOf(valuesFrom, valuesTo) : null));
            (from, valuesFrom) = (to, valuesTo);
        }

        return new ColumnChunk
        {
            Leaf = leaf.Node,
            EntryCount = leaf.EntryCount,
            NullCount = leaf.EntryCount - values.Count,
            Bounds = withBounds ? values.Bounds : null,
            Encoding = values.Encoding,
            DictionaryOffset = dataStart > start ? start : null,
            DataOffset = dataStart,
            CompressedSize = Position - start,
            UncompressedSize = _uncompressedSize,
            Pages = pages,
        };
    }

    /// <summary>A page ends where a row ends.</summary>
    private static int PageEnd(ShreddedLeaf leaf, int from, int entries)
    {
        var to = (int)Math.Min((long)from + entries, leaf.EntryCount);
        if (leaf.Repetitions is null || to == leaf.EntryCount) return to;
        var next = leaf.Repetitions.AsSpan(to).IndexOf((byte)0);
        return next < 0 ? leaf.EntryCount : to + next;
    }

    private static int CountValues(ShreddedLeaf leaf, int from, int to) =>
        leaf.Definitions is null ? to - from : leaf.Definitions.AsSpan(from, to - from).Count((byte)leaf.Node.Definition);

    private ReadOnlyMemory<byte> Body(ShreddedLeaf leaf, LeafValues values, int from, int to, int valuesFrom, int valuesTo)
    {
        if (leaf.Definitions is null && values.TryGetPlain(valuesFrom, valuesTo, out var plain)) return plain;

        _body.ResetWrittenCount();
        if (leaf.Repetitions is not null) WriteLevels(leaf.Repetitions.AsSpan(from, to - from), leaf.Node.SlotRepetition);
        if (leaf.Definitions is not null) WriteLevels(leaf.Definitions.AsSpan(from, to - from), leaf.Node.Definition);
        values.Write(valuesFrom, valuesTo, _body);
        return _body.WrittenMemory;
    }

    private void WriteLevels(ReadOnlySpan<byte> levels, int greatest)
    {
        // Levels are small; encoded on their own first, because their length goes before them.
        _header.ResetWrittenCount();
        RleEncoder.Encode(levels, RleEncoder.BitWidth(greatest), _header);
        BinaryPrimitives.WriteInt32LittleEndian(_body.GetSpan(sizeof(int)), _header.WrittenCount);
        _body.Advance(sizeof(int));
        _body.Write(_header.WrittenSpan);
    }

    private async Task WritePageAsync(PageType type, int count, Encoding encoding, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var bound = Snappy.GetMaxCompressedLength(body.Length);
        if (_compressed.Length < bound) _compressed = GC.AllocateUninitializedArray<byte>(bound);
        var size = Snappy.Compress(body.Span, _compressed);

        _header.ResetWrittenCount();
        WriteHeader(type, count, encoding, body.Length, size);
        _uncompressedSize += _header.WrittenCount + body.Length;
        await WriteAsync(_header.WrittenMemory, cancellationToken).ConfigureAwait(false);
        await WriteAsync(_compressed.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
    }

    private void WriteHeader(PageType type, int count, Encoding encoding, int uncompressedSize, int compressedSize)
    {
        var thrift = new ThriftCompactWriter(_header);
        thrift.BeginStruct();
        thrift.I32(1, (int)type);
        thrift.I32(2, uncompressedSize);
        thrift.I32(3, compressedSize);
        if (type == PageType.DICTIONARY_PAGE)
        {
            thrift.BeginStruct(7);
            thrift.I32(1, count);
            thrift.I32(2, (int)encoding);
        }
        else
        {
            thrift.BeginStruct(5);
            thrift.I32(1, count);
            thrift.I32(2, (int)encoding);
            thrift.I32(3, (int)Encoding.RLE);
            thrift.I32(4, (int)Encoding.RLE);
        }

        thrift.EndStruct();
        thrift.EndStruct();
    }
}
