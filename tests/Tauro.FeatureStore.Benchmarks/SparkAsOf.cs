using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>
/// A training set on a Spark server against the best SQL for it that a person writes: intervals by lead(), joined on the key, over the same Parquet files and a spine in
/// a Parquet file. Both stream their answers here.
/// </summary>
internal static class SparkAsOf
{
    public static async Task<int> RunAsync(string endpoint, Scale scale)
    {
        var folder = scale.Folder ?? Path.Combine(Path.GetTempPath(), $"tauro-benchmark-{Guid.NewGuid():n}");
        try
        {
            await Race.PrepareAsync(scale, folder);
            using var spine = History.Spine(scale.Spine, scale.Entities);
            var context = new FeatureStoreContext(folder);
            var options = new SparkOptions { ConnectionString = endpoint, QueryTimeout = TimeSpan.FromMinutes(20) };
            await using var spark = new SparkQueryExecutor(context, options);
            await using var store = new MaterializedFeatureStore(context, executor: spark);
            var byHand = await WriteByHandAsync(scale, spine, folder);

            return await SideBySide.RunAsync(
                $"training set on Spark, {scale.Spine:n0} spine rows x {scale.Rows:n0} rows, {scale.Entities:n0} entities",
                "SQL by hand", _ => SumAsync(spark.StreamAsync(byHand)),
                "SparkQueryExecutor", async _ =>
                {
                    using var answer = await store.GetTrainingSetAsync([.. History.Features.Select(FeatureReference.Parse)], spine);
                    return answer.Batches.Sum(Worker.Sum);
                },
                scale.Rounds, warmUp: 1);
        }
        finally
        {
            if (scale.Folder is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> WriteByHandAsync(Scale scale, FeatureTable spine, string folder)
    {
        var place = Path.Combine(folder, "by-hand");
        if (!Directory.Exists(place))
        {
            await using var store = new MaterializedFeatureStore(new FeatureStoreContext(place));
            var group = new FeatureGroupSchema("spine")
            {
                EntityKeys = [new EntityKey("entity", DataType.BigInt)], TimestampKey = "event_timestamp", Features = [new FeatureSchema("place", DataType.BigInt)],
            };
            await store.RegisterFeaturesAsync(group);
            using var rows = FeatureTable.FromColumns(
                ("entity", spine.GetColumn<long>("entity")), ("event_timestamp", spine.GetColumn<DateTimeOffset>("event_timestamp")),
                ("place", Enumerable.Range(0, scale.Spine).Select(i => (long)i).ToArray()));
            await store.WriteFeaturesAsync("spine", rows);
        }

        return $"""
            SELECT s.place, {string.Join(", ", History.Features.Select(name => $"f.{name}"))}
            FROM parquet.`{place}/spine/v1/*.parquet` AS s
            LEFT JOIN (SELECT *, lead(event_timestamp) OVER (PARTITION BY entity ORDER BY event_timestamp) AS next FROM parquet.`{folder}/history/v1/*.parquet`) AS f
            ON s.entity = f.entity AND s.event_timestamp >= f.event_timestamp AND (f.next IS NULL OR s.event_timestamp < f.next)
            """;
    }

    private static async Task<double> SumAsync(IAsyncEnumerable<RecordBatch> batches)
    {
        var sum = 0.0;
        await foreach (var batch in batches)
            using (batch) sum += Worker.Sum(batch);
        return sum;
    }
}
