using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Reads all rows with an event time in a range, ordered by key, event time, created time and write sequence. Files whose keys follow each other are read one after
/// another; of those that are open at once, keys and times are held, and the other columns of one batch.
/// </summary>
internal static class RangeReader
{
    public static async IAsyncEnumerable<RecordBatch> RunAsync(RangePlan plan, ReadCache? cache, int rowsPerBatch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = await RowSource.OpenAsync(plan.Rows.Source, cache, cancellationToken).ConfigureAwait(false);
        await using var opened = source.ConfigureAwait(false);
        var schema = new Schema([.. plan.Outputs.Select(output => ArrowTypes.ToField(output.Name, output.Column.Type))], null);
        await foreach (var places in FindAsync(source, plan, rowsPerBatch, cancellationToken).ConfigureAwait(false))
            for (var start = 0; start < places.Length; start += rowsPerBatch)
            {
                var length = Math.Min(rowsPerBatch, places.Length - start);
                var columns = await RowGatherer
                    .GatherAsync(source, places.Slice(start, length), [.. plan.Outputs.Select(output => output.Column)], cancellationToken).ConfigureAwait(false);
                yield return new RecordBatch(schema, columns, length);
            }
    }

    /// <summary>The places of the rows in order.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<RowPlace>> FindAsync(RowSource source, RangePlan plan, int rowsAtOnce, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filters = Filters(plan);
        var found = Enumerable.Range(0, source.Chunks.Count).ToDictionary(chunk => chunk, chunk => source.Find(chunk, filters));
        List<RangeRows> carried = [];
        foreach (var part in RangePart.Of(source, [.. found.Keys.Where(chunk => found[chunk].Count > 0).Order()], plan.Keys, rowsAtOnce))
        {
            (int Chunk, RowRange Range)[] pieces = [.. part.Chunks.SelectMany(chunk => found[chunk].SelectMany(range => range.Split(source.RowsPerPiece)).Select(range => (chunk, range)))];
            var read = new RangeRows[pieces.Length];
            await WorkerPool.ForEachAsync(
                Enumerable.Range(0, pieces.Length).ToArray(), pieces.Sum(piece => (long)piece.Range.Count),
                async (i, token) => read[i] = await RangeRows.ReadAsync(plan, source, pieces[i].Chunk, pieces[i].Range, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            using var rows = RangeRows.Together(plan, [.. carried, .. read]).Ordered();
            carried = part.Next is { } next && rows.Places.Length > 0 ? [rows.From(next)] : [];
            yield return rows.Places.AsMemory(0, rows.Places.Length - carried.Sum(piece => piece.Places.Length));
        }
    }

    private static ColumnFilter[] Filters(RangePlan plan) =>
        plan.Rows.EventTime is { Type.Kind: DataTypeKind.Timestamp } eventTime ? [ColumnFilter.Between(eventTime, plan.From, plan.To - 1)] : [];
}
