using System.Runtime.InteropServices;
using Apache.Arrow;
using Microsoft.Extensions.Caching.Memory;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Decoded columns of row groups, of bounded size in all. A data file never changes, so what is kept under its path is never stale: which files count, each
/// read learns from the table's log.
/// </summary>
internal sealed class ColumnCache : IDisposable
{
    /// <summary>What an entry takes beside its values, about.</summary>
    private const int EntryOverhead = 512;

    private const long BytesPerMegabyte = 1 << 20;

    private readonly MemoryCache _columns;

    /// <summary>Makes a cache.</summary>
    /// <param name="megabytes">What all columns in it take at most.</param>
    public ColumnCache(int megabytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(megabytes);
        _columns = new MemoryCache(new MemoryCacheOptions { SizeLimit = megabytes * BytesPerMegabyte });
    }

    /// <summary>A column that was put here; null where it was not, or had to go. The caller disposes it.</summary>
    public IArrowArray? Find(ColumnPlace place, RowRange range) =>
        _columns.TryGetValue(place, out IArrowArray? column) ? ArrowArrayFactory.SliceShared(column!, range.From, range.Count) : null;

    /// <summary>Whether a column is here.</summary>
    public bool Holds(ColumnPlace place) => _columns.TryGetValue(place, out _);

    /// <summary>Keeps a whole column, if there is room. It is the cache's from now on, and left to the garbage collector: readers may still have parts of it.</summary>
    public void Keep(ColumnPlace place, IArrowArray column)
    {
        using var entry = _columns.CreateEntry(place);
        entry.Value = column;
        entry.Size = SizeOf(column.Data) + EntryOverhead;
    }

    public void Dispose() => _columns.Dispose();

    private static long SizeOf(ArrayData data)
    {
        var size = data.Buffers.Sum(buffer => (long)buffer.Length);
        return data.Children is null ? size : size + data.Children.Sum(SizeOf);
    }
}

/// <summary>One column of one row group of one file, read as a type.</summary>
/// <param name="File">The file's path.</param>
/// <param name="RowGroup">The row group.</param>
/// <param name="Column">The column and its type.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ColumnPlace(string File, int RowGroup, PlanColumn Column);
