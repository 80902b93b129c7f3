namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads the index of a column chunk that says where each of its pages lies.</summary>
internal static class OffsetIndexReader
{
    /// <summary>The pages, in order.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such index.</exception>
    public static IReadOnlyList<(long Offset, int Size, long FirstRow)> Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftCompactReader(bytes);
        var pages = new List<(long, int, long)>();
        for (var id = 0; reader.NextField(ref id, out var field);)
        {
            if (id != 1)
            {
                reader.Skip(field);
                continue;
            }

            var count = reader.Count();
            for (var i = 0; i < count; i++) pages.Add(ReadPage(ref reader));
        }

        return pages;
    }

    private static (long Offset, int Size, long FirstRow) ReadPage(ref ThriftCompactReader reader)
    {
        var (offset, size, row) = (-1L, -1, -1L);
        for (var id = 0; reader.NextField(ref id, out var field);)
        {
            if (id == 1) offset = reader.I64();
            else if (id == 2) size = reader.I32();
            else if (id == 3) row = reader.I64();
            else reader.Skip(field);
        }

        return offset < 0 || size < 0 || row < 0 ? throw new InvalidDataException("A page index is incomplete.") : (offset, size, row);
    }
}
