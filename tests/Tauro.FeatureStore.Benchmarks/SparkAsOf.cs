using Apache.Arrow;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>
/// A training set on a Spark server against the best SQL for it that a person writes: intervals by lead(), joined on the key, over the same Parquet files. All stream
/// their answers here.
/// </summary>
/// <remarks>
/// <para>The SQL by hand has its spine in a Parquet file that is written, sorted by key, before the clock starts. It answers with the number of each spine row beside it, in
/// any order, and where several rows of a key have one time, with any of them. A shuffled hash join in the place of its sort-merge join takes longer.</para>
/// <para>With ties and order it does what the contract demands of an answer: of rows with one time the one that was written last, and the spine's order, both by Spark.</para>
/// <para>The executor does this and brings the spine from memory to the server, looks at the spread of its keys, and counts the rows of the answer.</para>
/// </remarks>
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
            var options = new SparkOptions { ConnectionString = endpoint, QueryTimeout = TimeSpan.FromMinutes(20), SharedPath = Path.Combine(folder, "shared") };
            await using var spark = new SparkQueryExecutor(context, options);
            await using var store = new MaterializedFeatureStore(context, executor: spark);
            await WriteSpineAsync(scale, spine, folder);
            var files = Directory.GetFiles(Path.Combine(folder, "history", "v1"), "*.parquet");

            return await SideBySide.RunAsync(
                $"training set on Spark, {scale.Spine:n0} spine rows x {scale.Rows:n0} rows in {files.Length} files, {scale.Entities:n0} entities",
                [
                    ("SQL by hand", _ => SumAsync(spark.StreamAsync(ByHand(folder, Rows(folder), "event_timestamp")))),
                    ("SQL by hand, ties and order", _ => SumAsync(spark.StreamAsync($"{ByHand(folder, RowsWithSequence(folder, files), "event_timestamp, sequence")} ORDER BY s.place"))),
                    ("SparkQueryExecutor", async _ =>
                    {
                        using var answer = await store.GetTrainingSetAsync([.. History.Features.Select(FeatureReference.Parse)], spine);
                        return answer.Batches.Sum(Worker.Sum);
                    }),
                ],
                scale.Rounds, warmUp: 1);
        }
        finally
        {
            if (scale.Folder is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static string Rows(string folder) => $"parquet.`{folder}/history/v1/*.parquet`";

    private static string ByHand(string folder, string rows, string order) => $"""
        SELECT s.place, {string.Join(", ", History.Features.Select(name => $"f.{name}"))}
        FROM parquet.`{folder}/by-hand/spine/v1/*.parquet` AS s
        LEFT JOIN (SELECT *, lead(event_timestamp) OVER (PARTITION BY entity ORDER BY {order}) AS next FROM {rows}) AS f
        ON s.entity = f.entity AND s.event_timestamp >= f.event_timestamp AND (f.next IS NULL OR s.event_timestamp < f.next)
        """;

    /// <summary>The rows with their places in the order of writing: that of the file, found by its name, and that in the file.</summary>
    private static string RowsWithSequence(string folder, IEnumerable<string> files) => $"""
        (SELECT /*+ BROADCAST(n) */ r.*, n.place * 1000000000L + r.row AS sequence
        FROM (SELECT *, _metadata.row_index AS row, _metadata.file_name AS file FROM {Rows(folder)}) AS r
        JOIN (VALUES {string.Join(", ", files.Select((file, place) => $"('{Path.GetFileName(file)}', {place})"))}) AS n(file, place) ON r.file = n.file)
        """;

    private static async Task WriteSpineAsync(Scale scale, FeatureTable spine, string folder)
    {
        var place = Path.Combine(folder, "by-hand");
        if (Directory.Exists(place)) return;
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

    private static async Task<double> SumAsync(IAsyncEnumerable<RecordBatch> batches)
    {
        var sum = 0.0;
        await foreach (var batch in batches)
            using (batch) sum += Worker.Sum(batch);
        return sum;
    }
}
