using Microsoft.Win32.SafeHandles;
using Parquet.Meta;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// One column of numbers in one row group, read by us page by page: values of 4 or 8 bytes that Arrow stores as Parquet's plain encoding does, so that a page
/// is decompressed and is done. Files that we write are of that form; any other column is left to Parquet.Net.
/// </summary>
/// <remarks>It reads by position and changes nothing, so any number of threads may use it.</remarks>
internal sealed class FlatColumn
{
    private const int HeaderBytes = 256;

    private readonly SafeFileHandle _file;
    private readonly Parquet.Meta.ColumnChunk _chunk;
    private readonly Lazy<PageLocation[]?> _pages;

    private FlatColumn(SafeFileHandle file, Parquet.Meta.ColumnChunk chunk, bool optional, int width, int rows)
    {
        (_file, _chunk) = (file, chunk);
        (IsOptional, Width, Rows) = (optional, width, rows);
        IsCompressed = chunk.MetaData!.Codec == CompressionCodec.SNAPPY;
        _pages = new Lazy<PageLocation[]?>(() => FindPages(chunk));
    }

    /// <summary>Whether rows may be null, and so levels stand before the values.</summary>
    public bool IsOptional { get; }

    public bool IsCompressed { get; }

    /// <summary>The bytes of a value.</summary>
    public int Width { get; }

    public int Rows { get; }

    /// <summary>The pages, which hold all rows once and in order; null where they cannot be made out.</summary>
    public IReadOnlyList<PageLocation>? Pages => _pages.Value;

    /// <summary>A column that may be of that form; null where its metadata shows that it is not.</summary>
    public static FlatColumn? TryMake(SafeFileHandle file, Parquet.Meta.ColumnChunk? chunk, ParquetNode node, LeafCodec codec, long rows)
    {
        int? width = codec switch
        {
            LeafCodec.Int32 or LeafCodec.Single => sizeof(int),
            LeafCodec.Int64 or LeafCodec.Double => sizeof(long),
            _ => null,
        };
        if (width is null || node is not { Kind: ParquetNodeKind.Leaf, SlotRepetition: 0, Definition: <= 1 } || node.Path.Count != 1) return null;
        if (chunk is not { FilePath: null, MetaData: { Codec: CompressionCodec.SNAPPY or CompressionCodec.UNCOMPRESSED, DictionaryPageOffset: null } metadata }) return null;
        if (metadata.NumValues != rows || rows > Array.MaxLength / width || metadata.Encodings.Contains(Encoding.RLE_DICTIONARY)) return null;
        return new FlatColumn(file, chunk, node.Optional, width.Value, (int)rows);
    }

    /// <summary>Reads the bytes of a page, its header with them.</summary>
    public void Read(PageLocation page, Span<byte> target) => ReadExactly(page.Offset, target[..page.Size]);

    /// <summary>The first page that has a row at or after the given one.</summary>
    public int PageOf(int row)
    {
        var pages = _pages.Value!;
        var (low, high) = (0, pages.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (pages[middle].End <= row) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>The encoded bounds of each page, null for a page of nulls; or nothing where the file does not state them.</summary>
    public IReadOnlyList<(byte[] Min, byte[] Max)?>? ReadColumnIndex()
    {
        if (_chunk is not { ColumnIndexOffset: { } offset, ColumnIndexLength: { } length and > 0 }) return null;
        try
        {
            var bytes = new byte[length];
            ReadExactly(offset, bytes);
            return ColumnIndexReader.Read(bytes);
        }
        catch (Exception failure) when (failure is InvalidDataException or IndexOutOfRangeException or ArgumentException or OverflowException or EndOfStreamException)
        {
            // An index only saves reading.
            return null;
        }
    }

    private PageLocation[]? FindPages(Parquet.Meta.ColumnChunk chunk)
    {
        try
        {
            var pages = chunk is { OffsetIndexOffset: { } offset, OffsetIndexLength: { } length and > 0 }
                ? FromIndex(offset, length)
                : FromHeaders(chunk.MetaData!.DataPageOffset, chunk.MetaData.DataPageOffset + chunk.MetaData.TotalCompressedSize);
            return Holds(pages) ? pages : null;
        }
        catch (Exception failure) when (failure is InvalidDataException or IndexOutOfRangeException or ArgumentException or OverflowException or EndOfStreamException)
        {
            // Parquet.Net reads the column then, or says what is wrong with it.
            return null;
        }
    }

    private bool Holds(PageLocation[] pages)
    {
        var next = 0;
        foreach (var page in pages)
        {
            if (page.FirstRow != next || page.Rows <= 0 || page.Size <= 0) return false;
            next = page.End;
        }

        return next == Rows;
    }

    private PageLocation[] FromIndex(long offset, int length)
    {
        var bytes = new byte[length];
        ReadExactly(offset, bytes);
        var starts = OffsetIndexReader.Read(bytes);
        var pages = new PageLocation[starts.Count];
        for (var i = 0; i < pages.Length; i++)
        {
            var end = i + 1 < pages.Length ? starts[i + 1].FirstRow : Rows;
            pages[i] = new PageLocation(starts[i].Offset, starts[i].Size, checked((int)starts[i].FirstRow), checked((int)(end - starts[i].FirstRow)));
        }

        return pages;
    }

    /// <summary>Goes from header to header, where no index says where they are.</summary>
    private PageLocation[] FromHeaders(long offset, long end)
    {
        var pages = new List<PageLocation>();
        Span<byte> bytes = stackalloc byte[HeaderBytes];
        for (var row = 0; offset < end && row < Rows;)
        {
            var available = bytes[..(int)Math.Min(HeaderBytes, end - offset)];
            ReadExactly(offset, available);
            var header = PageHeader.Read(available);
            var size = checked(header.Length + header.CompressedSize);
            pages.Add(new PageLocation(offset, size, row, header.Count));
            offset += size;
            row = checked(row + header.Count);
        }

        return [.. pages];
    }

    private void ReadExactly(long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            var read = RandomAccess.Read(_file, target, offset);
            if (read == 0) throw new EndOfStreamException("The file ends within a column.");
            target = target[read..];
            offset += read;
        }
    }
}
