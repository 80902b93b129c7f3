using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads rows of a <see cref="FlatColumn"/> into an Arrow array: whole pages straight to their place, those at the ends by a copy.</summary>
internal static class FlatColumnReader
{
    /// <summary>Some rows of a column; null where a page is not of the form that is read here.</summary>
    public static IArrowArray? TryRead(FlatColumn column, RowRange range, DataType type, PageBuffer buffer, CancellationToken cancellationToken)
    {
        if (column.Pages is not { } pages) return null;
        var bytes = GC.AllocateUninitializedArray<byte>(range.Count * column.Width);
        byte[]? bitmap = null;
        var nulls = 0;
        for (var i = column.PageOf(range.From); i < pages.Count && pages[i].FirstRow < range.End; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = pages[i];
            var (from, end) = (Math.Max(page.FirstRow, range.From), Math.Min(page.End, range.End));
            var target = bytes.AsSpan((from - range.From) * column.Width, (end - from) * column.Width);
            if (!column.IsOptional && end - from == page.Rows)
            {
                if (!buffer.TryReadInto(column, page, target)) return null;
                continue;
            }

            if (!buffer.TryRead(column, page, out var values, out var present)) return null;
            values.Slice((from - page.FirstRow) * column.Width, target.Length).CopyTo(target);
            if (!present.IsEmpty) nulls += MarkNulls(present[(from - page.FirstRow)..(end - page.FirstRow)], from - range.From, range.Count, ref bitmap);
        }

        var validity = nulls == 0 ? ArrowBuffer.Empty : new ArrowBuffer(bitmap!);
        return ArrowArrayFactory.BuildArray(new ArrayData(ArrowTypes.ToArrow(type), range.Count, nulls, 0, [validity, new ArrowBuffer(bytes)]));
    }

    private static int MarkNulls(ReadOnlySpan<byte> present, int first, int rows, ref byte[]? bitmap)
    {
        if (!present.Contains((byte)0)) return 0;
        if (bitmap is null)
        {
            bitmap = new byte[ArrowMemory.BitmapBytes(rows)];
            bitmap.AsSpan().Fill(0xFF);
        }

        var nulls = 0;
        for (var i = 0; i < present.Length; i++)
        {
            if (present[i] != 0) continue;
            bitmap[(first + i) >> 3] &= (byte)~(1 << ((first + i) & 7));
            nulls++;
        }

        return nulls;
    }
}
