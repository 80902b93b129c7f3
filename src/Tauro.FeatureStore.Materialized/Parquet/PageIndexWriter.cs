using System.Buffers;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Writes the page index, which stands between the last row group and the footer: where each page of a flat column lies, so that a reader goes straight to
/// the rows it wants, and for whole numbers, dates and timestamps the bounds of each page, so that it passes over the others.
/// </summary>
internal static class PageIndexWriter
{
    private const int BooleanElement = 1;
    private const int I64Element = 6;
    private const int Ascending = 1;
    private const int Unordered = 0;

    /// <summary>Writes the indexes of all row groups, and returns these with the places where they stand.</summary>
    public static async Task<IReadOnlyList<RowGroupChunks>> WriteAsync(PageWriter output, IReadOnlyList<RowGroupChunks> rowGroups, CancellationToken cancellationToken)
    {
        var withBounds = await WriteAsync(output, rowGroups, HasBounds, WriteColumnIndex, (chunk, place) => chunk with { ColumnIndex = place }, cancellationToken).ConfigureAwait(false);
        return await WriteAsync(output, withBounds, chunk => chunk.Pages.Count > 0, WriteOffsetIndex, (chunk, place) => chunk with { OffsetIndex = place }, cancellationToken)
            .ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<RowGroupChunks>> WriteAsync(
        PageWriter output, IReadOnlyList<RowGroupChunks> rowGroups, Func<ColumnChunk, bool> applies, Action<ColumnChunk, ThriftCompactWriter> write,
        Func<ColumnChunk, FilePlace, ColumnChunk> note, CancellationToken cancellationToken)
    {
        var written = new List<RowGroupChunks>(rowGroups.Count);
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var group in rowGroups)
        {
            var chunks = new List<ColumnChunk>(group.Columns.Count);
            foreach (var chunk in group.Columns)
            {
                if (!applies(chunk))
                {
                    chunks.Add(chunk);
                    continue;
                }

                bytes.ResetWrittenCount();
                write(chunk, new ThriftCompactWriter(bytes));
                chunks.Add(note(chunk, new FilePlace(output.Position, bytes.WrittenCount)));
                await output.WriteAsync(bytes.WrittenMemory, cancellationToken).ConfigureAwait(false);
            }

            written.Add(group with { Columns = chunks });
        }

        return written;
    }

    /// <summary>Bounds are of use where every page with a value has them.</summary>
    private static bool HasBounds(ColumnChunk chunk) => chunk.Pages.Count > 0 && chunk.Pages.All(page => page.Bounds is not null || IsNull(page));

    private static bool IsNull(PageEntry page) => page.NullCount == page.Location.Rows;

    private static void WriteColumnIndex(ColumnChunk chunk, ThriftCompactWriter thrift)
    {
        var type = chunk.Leaf.LeafType!;
        var pages = chunk.Pages;
        thrift.BeginStruct();
        thrift.List(1, pages.Count, BooleanElement);
        foreach (var page in pages) thrift.BoolElement(IsNull(page));
        thrift.List(2, pages.Count, ThriftCompactWriter.BinaryElement);
        foreach (var page in pages) thrift.BinaryElementOf(page.Bounds is { } bounds ? ParquetFooter.Encode(type, bounds.Min) : []);
        thrift.List(3, pages.Count, ThriftCompactWriter.BinaryElement);
        foreach (var page in pages) thrift.BinaryElementOf(page.Bounds is { } bounds ? ParquetFooter.Encode(type, bounds.Max) : []);
        thrift.I32(4, IsAscending(pages) ? Ascending : Unordered);
        thrift.List(5, pages.Count, I64Element);
        foreach (var page in pages) thrift.I64ListElement(page.NullCount);
        thrift.EndStruct();
    }

    private static bool IsAscending(IReadOnlyList<PageEntry> pages)
    {
        ParquetBounds? before = null;
        foreach (var page in pages)
        {
            if (page.Bounds is not { } bounds) continue;
            if (before is { } last && (bounds.Min.CompareTo(last.Min) < 0 || bounds.Max.CompareTo(last.Max) < 0)) return false;
            before = bounds;
        }

        return true;
    }

    private static void WriteOffsetIndex(ColumnChunk chunk, ThriftCompactWriter thrift)
    {
        thrift.BeginStruct();
        thrift.List(1, chunk.Pages.Count, ThriftCompactWriter.StructElement);
        foreach (var page in chunk.Pages)
        {
            thrift.BeginStruct();
            thrift.I64(1, page.Location.Offset);
            thrift.I32(2, page.Location.Size);
            thrift.I64(3, page.Location.FirstRow);
            thrift.EndStruct();
        }

        thrift.EndStruct();
    }
}
