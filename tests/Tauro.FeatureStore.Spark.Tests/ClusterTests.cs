using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Several executors: a master and two workers, each smaller than the data that they work on, one of which is killed.</summary>
public sealed class ClusterTests(SparkServer server)
{
    private const int Entities = 50_000;
    private const int Minutes = 120;
    private const int SpineRows = 100_000;
    private const int TextLength = 100;

    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_larger_than_an_executor_is_answered_and_a_killed_worker_changes_nothing()
    {
        Assert.NotEmpty(server.Endpoint);
        Assert.SkipUnless(server.Version.StartsWith("3.", StringComparison.Ordinal), "One version is enough for what is the cluster's own work; it is tested on Spark 3.5.");
        var folder = Directory.CreateTempSubdirectory("tauro-cluster-");
        try
        {
            await using var cluster = await server.StartClusterAsync(port: server.Port + 17, workers: 2, "512m");
            // Files that compress as well as these are read by two tasks, unless each is to read less.
            await using var spark = new SparkQueryExecutor(SparkServer.Context, new SparkOptions
            {
                ConnectionString = cluster.Endpoint, QueryTimeout = TimeSpan.FromMinutes(4), Configuration = new Dictionary<string, string> { ["spark.sql.files.maxPartitionBytes"] = "2m" },
            });
            var source = await WriteAsync(spark, folder.FullName);
            using var spine = Spine();
            var plan = new AsOfPlan { Spine = spine, TimeColumn = "t", Reads = [Read(source)] };

            await CheckAsync(spark, plan);
            var answer = CheckAsync(spark, plan);
            await ServerPage.WaitForTasksAsync(cluster.Page);
            Assert.False(answer.IsCompleted, "The query was over before a worker could be killed.");
            await cluster.KillWorkerAsync(1);
            await answer;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>One row of each entity for each minute. Its number says which row it is, and its text the same at length: 800 MB where an executor has 512.</summary>
    private static async Task<ParquetSource> WriteAsync(SparkQueryExecutor spark, string folder)
    {
        var rows = $"SELECT id % {Entities} AS k, timestamp_micros({Micros(Start)} + (id DIV {Entities}) * 60000000) AS t, id AS v, lpad(CAST(id AS STRING), {TextLength}, '-') AS text FROM range(0, {Entities * Minutes}, 1, 8)";
        using var written = await spark.ExecuteAsync(
            $"CREATE TABLE cluster_rows USING parquet OPTIONS (compression 'snappy') LOCATION '{folder}/rows' AS {rows}", cancellationToken: Cancel);
        return new ParquetSource([.. Directory.GetFiles(Path.Combine(folder, "rows"), "*.parquet").Order(StringComparer.Ordinal).Select(path => new ParquetSourceFile(path, Entities * Minutes / 8, new FileInfo(path).Length, 0))]);
    }

    private static AsOfRead Read(ParquetSource source) => new()
    {
        Rows = new SourceRows(source, new PlanColumn("t", DataType.Timestamp), null),
        Keys = [new KeyMatch("k", new PlanColumn("k", DataType.BigInt), DataType.BigInt)],
        Outputs = [new PlanOutput(new PlanColumn("v", DataType.BigInt), "v"), new PlanOutput(new PlanColumn("text", DataType.String), "text")],
        Visibility = new VisibilityRule(0, null, true, false),
    };

    private static FeatureTable Spine() => FeatureTable.FromColumns(
        ("k", Enumerable.Range(0, SpineRows).Select(KeyOf).ToArray()), ("t", Enumerable.Range(0, SpineRows).Select(i => Start.AddMinutes(MinuteOf(i)).AddSeconds(30)).ToArray()));

    private static long KeyOf(int row) => row * 7919L % Entities;

    private static int MinuteOf(int row) => row * 31 % Minutes;

    private static async Task CheckAsync(SparkQueryExecutor spark, AsOfPlan plan)
    {
        var row = 0;
        await foreach (var batch in spark.RunAsync(plan, Cancel))
        {
            using (batch)
            {
                var (values, texts) = ((Int64Array)batch.Column(0), (StringArray)batch.Column(1));
                for (var i = 0; i < batch.Length; i++, row++)
                {
                    var expected = (MinuteOf(row) * (long)Entities) + KeyOf(row);
                    if (values.GetValue(i) != expected || texts.GetString(i) != expected.ToString(CultureInfo.InvariantCulture).PadLeft(TextLength, '-'))
                        Assert.Fail($"Row {row} is {values.GetValue(i)}, {texts.GetString(i)} instead of {expected}.");
                }
            }
        }

        Assert.Equal(SpineRows, row);
    }

    private static string Micros(DateTimeOffset moment) => UtcTime.FromDateTimeOffset(moment).ToString(CultureInfo.InvariantCulture);
}
