namespace Tauro.FeatureStore.Materialized;

/// <summary>Chunks of a source whose rows come before those of the next part, but for rows of one first key that may stand in both.</summary>
/// <param name="Chunks">The chunks, in the order of their writing.</param>
/// <param name="Next">The least first key of the next part; null where there is none, or where nothing is known of the keys.</param>
internal sealed record RangePart(IReadOnlyList<int> Chunks, long? Next)
{
    /// <summary>The parts of a source, in the order of their keys, so that not all rows need be sorted at once.</summary>
    /// <param name="source">The source.</param>
    /// <param name="chunks">The chunks that matter.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="rowsAtOnce">How many rows a part has at least, where there are as many.</param>
    public static IEnumerable<RangePart> Of(RowSource source, IReadOnlyList<int> chunks, IReadOnlyList<PlanColumn> keys, long rowsAtOnce)
    {
        if (chunks.Count == 0) yield break;
        var spans = keys is [{ Type.Kind: DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Date or DataTypeKind.Timestamp } key, ..] ? Spans(source, chunks, key) : null;
        if (spans is null)
        {
            yield return new RangePart(chunks, null);
            yield break;
        }

        var part = new List<int>();
        var (rows, greatest) = (0L, long.MinValue);
        foreach (var (chunk, min, max) in spans.OrderBy(span => span.Min).ThenBy(span => span.Max).ThenBy(span => span.Chunk))
        {
            if (rows >= rowsAtOnce && min >= greatest)
            {
                yield return new RangePart([.. part.Order()], min);
                part.Clear();
                rows = 0;
            }

            part.Add(chunk);
            rows += source.Chunks[chunk].Rows;
            greatest = Math.Max(greatest, max);
        }

        yield return new RangePart([.. part.Order()], null);
    }

    private static List<(int Chunk, long Min, long Max)>? Spans(RowSource source, IReadOnlyList<int> chunks, PlanColumn key)
    {
        var spans = new List<(int, long, long)>(chunks.Count);
        foreach (var chunk in chunks)
        {
            if (!source.TryGetBounds(chunk, key, out var min, out var max)) return null;
            spans.Add((chunk, min, max));
        }

        return spans;
    }
}
