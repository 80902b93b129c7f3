namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads the index of a column chunk that states the bounds of each of its pages.</summary>
internal static class ColumnIndexReader
{
    /// <summary>The encoded bounds of each page; null for a page of nothing but nulls.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such index.</exception>
    public static IReadOnlyList<(byte[] Min, byte[] Max)?> Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftCompactReader(bytes);
        bool[] nullPages = [];
        byte[][] mins = [];
        byte[][] maxs = [];
        for (var id = 0; reader.NextField(ref id, out var field);)
        {
            if (id == 1) nullPages = ReadBooleans(ref reader);
            else if (id == 2) mins = ReadBinaries(ref reader);
            else if (id == 3) maxs = ReadBinaries(ref reader);
            else reader.Skip(field);
        }

        if (mins.Length != nullPages.Length || maxs.Length != nullPages.Length) throw new InvalidDataException("A page index is incomplete.");
        return [.. nullPages.Select((isNull, page) => isNull ? ((byte[], byte[])?)null : (mins[page], maxs[page]))];
    }

    private static bool[] ReadBooleans(ref ThriftCompactReader reader)
    {
        var values = new bool[reader.Count()];
        for (var i = 0; i < values.Length; i++) values[i] = reader.BoolElement();
        return values;
    }

    private static byte[][] ReadBinaries(ref ThriftCompactReader reader)
    {
        var values = new byte[reader.Count()][];
        for (var i = 0; i < values.Length; i++) values[i] = reader.Binary().ToArray();
        return values;
    }
}
