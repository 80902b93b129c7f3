using System.Buffers;
using System.Runtime.InteropServices;
using Parquet.Meta;
using Snappier;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Holds one decoded page of a <see cref="FlatColumn"/> at a time, in memory that is used again for the next. One thread uses it.</summary>
internal sealed class PageBuffer : IDisposable
{
    private byte[] _stored = [];
    private byte[] _body = [];
    private byte[] _present = [];
    private byte[] _spread = [];

    /// <summary>
    /// Reads a page. <paramref name="values"/> gets a value for each row, zero where there is none; <paramref name="present"/> gets a byte for each row, 1
    /// where there is a value, or nothing where all rows have one. Both hold until the next page is read.
    /// </summary>
    /// <returns>False where the page is of a form that is not read here, or is damaged.</returns>
    public bool TryRead(FlatColumn column, PageLocation page, out ReadOnlySpan<byte> values, out ReadOnlySpan<byte> present)
    {
        values = default;
        present = default;
        try
        {
            var header = ReadStored(column, page);
            if (!IsPlain(header, page)) return false;
            Ensure(ref _body, header.UncompressedSize);
            var body = _body.AsSpan(0, header.UncompressedSize);
            return TryOpen(column, page, header, body) && TrySplit(column, page, body, out values, out present);
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            return false;
        }
    }

    /// <summary>Reads a page of a column without nulls straight to where its values belong.</summary>
    /// <returns>False where the page is of a form that is not read here, or is damaged.</returns>
    public bool TryReadInto(FlatColumn column, PageLocation page, Span<byte> target)
    {
        try
        {
            var header = ReadStored(column, page);
            return IsPlain(header, page) && !column.IsOptional && header.UncompressedSize == target.Length && TryOpen(column, page, header, target);
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            return false;
        }
    }

    public void Dispose()
    {
        foreach (var buffer in (ReadOnlySpan<byte[]>)[_stored, _body, _present, _spread])
            if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        _stored = _body = _present = _spread = [];
    }

    private static bool IsPlain(PageHeader header, PageLocation page) =>
        header is { Type: PageType.DATA_PAGE, Encoding: Encoding.PLAIN } && header.Count == page.Rows && header.Length + header.CompressedSize == page.Size;

    /// <summary>What reading beyond the bytes of a damaged page throws; Parquet.Net then reads the column, and says what is wrong with it.</summary>
    private static bool IsDamage(Exception failure) =>
        failure is InvalidDataException or IndexOutOfRangeException or ArgumentException or OverflowException or EndOfStreamException;

    private PageHeader ReadStored(FlatColumn column, PageLocation page)
    {
        Ensure(ref _stored, page.Size);
        column.Read(page, _stored);
        return PageHeader.Read(_stored.AsSpan(0, page.Size));
    }

    private bool TryOpen(FlatColumn column, PageLocation page, PageHeader header, Span<byte> target)
    {
        var body = _stored.AsSpan(header.Length, page.Size - header.Length);
        if (column.IsCompressed) return Snappy.GetUncompressedLength(body) == target.Length && Snappy.Decompress(body, target) == target.Length;
        if (body.Length != target.Length) return false;
        body.CopyTo(target);
        return true;
    }

    private bool TrySplit(FlatColumn column, PageLocation page, ReadOnlySpan<byte> body, out ReadOnlySpan<byte> values, out ReadOnlySpan<byte> present)
    {
        present = default;
        values = body;
        if (!column.IsOptional) return values.Length == page.Rows * column.Width;

        Ensure(ref _present, page.Rows);
        var flags = _present.AsSpan(0, page.Rows);
        var dense = body[LevelBits.Read(body, flags, out var count)..];
        if (dense.Length != count * column.Width) return false;
        values = dense;
        if (count == page.Rows) return true;

        present = flags;
        Ensure(ref _spread, page.Rows * column.Width);
        var spread = _spread.AsSpan(0, page.Rows * column.Width);
        if (column.Width == sizeof(int)) Spread<int>(dense, flags, spread);
        else Spread<long>(dense, flags, spread);
        values = spread;
        return true;
    }

    private static void Spread<T>(ReadOnlySpan<byte> dense, ReadOnlySpan<byte> present, Span<byte> spread) where T : unmanaged
    {
        var from = MemoryMarshal.Cast<byte, T>(dense);
        var to = MemoryMarshal.Cast<byte, T>(spread);
        var next = 0;
        for (var row = 0; row < to.Length; row++) to[row] = present[row] != 0 ? from[next++] : default;
    }

    private static void Ensure(ref byte[] buffer, int size)
    {
        if (buffer.Length >= size) return;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        buffer = ArrayPool<byte>.Shared.Rent(size);
    }
}
