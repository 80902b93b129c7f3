using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The places that a node has in a row group, and which of them are null.</summary>
internal readonly record struct Slots(int Count, int NullCount, ArrowBuffer Bitmap)
{
    /// <summary>Finds them by the levels of a leaf under the node; the bitmap is empty where nothing is null.</summary>
    public static Slots Of(ParquetNode node, LeafLevels levels)
    {
        if (levels.Definitions is null) return new Slots(levels.EntryCount, 0, ArrowBuffer.Empty);
        var bitmap = new byte[(levels.EntryCount + 7) / 8];
        var (count, nulls) = levels.Repetitions is null
            ? WithoutLists(node, levels.Definitions.AsSpan(0, levels.EntryCount), bitmap)
            : WithLists(node, levels, bitmap);
        return new Slots(count, nulls, nulls == 0 ? ArrowBuffer.Empty : new ArrowBuffer(bitmap.AsMemory(0, (count + 7) / 8)));
    }

    private static (int Count, int NullCount) WithoutLists(ParquetNode node, ReadOnlySpan<int> definitions, byte[] bitmap)
    {
        if (!definitions.ContainsAnyExcept(definitions.IsEmpty ? 0 : definitions[0]) && !definitions.IsEmpty && definitions[0] >= node.Definition)
            return (definitions.Length, 0);

        var nulls = 0;
        for (var entry = 0; entry < definitions.Length; entry++)
        {
            var present = definitions[entry] >= node.Definition ? 1 : 0;
            bitmap[entry >> 3] |= (byte)(present << (entry & 7));
            nulls += 1 - present;
        }

        return (definitions.Length, nulls);
    }

    private static (int Count, int NullCount) WithLists(ParquetNode node, LeafLevels levels, byte[] bitmap)
    {
        var (count, nulls) = (0, 0);
        for (var entry = 0; entry < levels.EntryCount; entry++)
        {
            if (!levels.IsSlot(entry, node)) continue;
            if (levels.IsPresent(entry, node)) bitmap[count >> 3] |= (byte)(1 << (count & 7));
            else nulls++;
            count++;
        }

        return (count, nulls);
    }
}
