using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads all rows with an event time in a range, ordered by key, event time, created time and write sequence.</summary>
internal static class RangeReader
{
    public static async IAsyncEnumerable<RecordBatch> RunAsync(RangePlan plan, ReadCache? cache, int rowsPerBatch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = await RowSource.OpenAsync(plan.Rows.Source, cache, cancellationToken).ConfigureAwait(false);
        await using var opened = source.ConfigureAwait(false);
        var places = await FindAsync(source, plan, cancellationToken).ConfigureAwait(false);
        var schema = new Schema([.. plan.Outputs.Select(output => ArrowTypes.ToField(output.Name, output.Column.Type))], null);
        for (var start = 0; start < places.Length; start += rowsPerBatch)
        {
            var length = Math.Min(rowsPerBatch, places.Length - start);
            var columns = await RowGatherer
                .GatherAsync(source, places.AsMemory(start, length), [.. plan.Outputs.Select(output => output.Column)], cancellationToken).ConfigureAwait(false);
            yield return new RecordBatch(schema, columns, length);
        }
    }

    private static async Task<RowPlace[]> FindAsync(RowSource source, RangePlan plan, CancellationToken cancellationToken)
    {
        var filters = Filters(plan);
        var places = new List<RowPlace>();
        var eventTimes = new List<long>();
        var createdTimes = new List<long>();
        var sequences = new List<long>();
        for (var chunk = 0; chunk < source.Chunks.Count; chunk++)
        {
            if (source.Find(chunk, filters).Count == 0) continue;
            using var times = await ChunkTimes.ReadAsync(source, chunk, plan.Rows, plan.Rows.CreatedTime is not null, cancellationToken).ConfigureAwait(false);
            Collect(times, chunk, plan, places, eventTimes, createdTimes, sequences, source.MixesCommits);
        }

        var keys = await RowGatherer.GatherAsync(source, places.ToArray(), plan.Keys, cancellationToken).ConfigureAwait(false);
        var columns = KeyColumns.Of(keys, [.. plan.Keys.Select(key => key.Type)]);

        var order = new int[places.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        System.Array.Sort(order, (left, right) =>
        {
            var compared = columns.Compare(left, right);
            if (compared == 0) compared = eventTimes[left].CompareTo(eventTimes[right]);
            if (compared == 0 && createdTimes.Count > 0) compared = createdTimes[left].CompareTo(createdTimes[right]);
            if (compared == 0 && sequences.Count > 0) compared = sequences[left].CompareTo(sequences[right]);
            return compared != 0 ? compared : left.CompareTo(right);
        });
        foreach (var key in keys) key.Dispose();
        return [.. order.Select(i => places[i])];
    }

    private static ColumnFilter[] Filters(RangePlan plan) =>
        plan.Rows.EventTime is { Type.Kind: DataTypeKind.Timestamp } eventTime ? [ColumnFilter.Between(eventTime, plan.From, plan.To - 1)] : [];

    private static void Collect(ChunkTimes times, int chunk, RangePlan plan, List<RowPlace> places, List<long> eventTimes, List<long> createdTimes,
        List<long> sequences, bool withSequences)
    {
        var stored = times.EventTimes;
        var created = times.CreatedTimes;
        for (var row = 0; row < stored.Length; row++)
        {
            if (stored[row] < plan.From || stored[row] >= plan.To) continue;
            places.Add(new RowPlace(chunk, row));
            eventTimes.Add(stored[row]);
            if (withSequences) sequences.Add(times.SequenceOf(row));
            if (!created.IsEmpty) createdTimes.Add(created[row]);
        }
    }
}
