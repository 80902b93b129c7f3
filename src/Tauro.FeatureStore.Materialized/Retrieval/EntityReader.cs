using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Lists the entities that have an answer at a moment: those with a row that is visible and young enough. One chunk at a time.</summary>
internal static class EntityReader
{
    public static async IAsyncEnumerable<RecordBatch> RunAsync(EntitiesPlan plan, RowSource source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PlanColumn[] columns = [.. plan.Keys.Select(key => key.Column)];
        DataType[] types = [.. columns.Select(column => column.Type)];
        var schema = new Schema([.. plan.Keys.Select(key => ArrowTypes.ToField(key.Name, key.Column.Type))], null);
        for (var chunk = 0; chunk < source.Chunks.Count; chunk++)
        {
            using var times = await ChunkTimes.ReadAsync(source, chunk, plan.Rows, plan.Visibility.KnownAsOf, cancellationToken).ConfigureAwait(false);
            var visible = Visible(times, source.Chunks[chunk].Rows, plan);
            if (visible.Length == 0) continue;
            var arrays = new List<IArrowArray>(columns.Length);
            foreach (var column in columns)
            {
                using var stored = await source.ReadAsync(chunk, column, cancellationToken).ConfigureAwait(false);
                arrays.Add(ArrowTake.Take(stored, visible));
            }

            yield return Distinct(schema, arrays, types, visible.Length);
        }
    }

    private static RecordBatch Distinct(Schema schema, List<IArrowArray> arrays, DataType[] types, int rows)
    {
        int[] places = [.. EntityIndex.Build(KeyColumns.Of(arrays, types), rows, out _).FirstPlaces];
        var taken = arrays.Select(array => ArrowTake.Take(array, places)).ToList();
        foreach (var array in arrays) array.Dispose();
        return new RecordBatch(schema, taken, places.Length);
    }

    private static int[] Visible(ChunkTimes times, int rows, EntitiesPlan plan)
    {
        var rule = plan.Visibility;
        var eventTimes = times.EventTimes;
        var createdTimes = times.CreatedTimes;
        var latest = plan.Moment - rule.Delay - (rule.AllowExactMatches ? 0 : 1);
        var earliest = rule.Lookback is { } lookback ? plan.Moment - lookback : long.MinValue;
        var places = new List<int>(rows);
        for (var row = 0; row < rows; row++)
        {
            if (!eventTimes.IsEmpty && (eventTimes[row] > latest || eventTimes[row] < earliest)) continue;
            if (rule.KnownAsOf && (createdTimes.IsEmpty ? times.ChunkCreatedTime : createdTimes[row]) > plan.Moment) continue;
            places.Add(row);
        }

        return [.. places];
    }
}
