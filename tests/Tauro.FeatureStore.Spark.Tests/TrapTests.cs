using Apache.Arrow;
using Apache.Arrow.Types;
using static Tauro.FeatureStore.Spark.Tests.FakeSpark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>The ten things about Spark Connect that bite.</summary>
public sealed class TrapTests(SparkServer server)
{
    private static readonly PlanColumn Id = new("id", DataType.BigInt);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T01_a_table_of_many_batches_arrives_whole()
    {
        await using var spark = server.CreateExecutor();
        var schema = new Schema([ArrowTypes.ToField("id", DataType.BigInt), ArrowTypes.ToField("t", DataType.Timestamp)], null);
        using var table = FeatureTable.FromArrow(schema, Enumerable.Range(0, 7).Select(i => new RecordBatch(schema, [Numbers(i * 10L, 10), Times(i * 10L, 10)], 10)));

        Assert.Equal(Enumerable.Range(0, 70).Select(i => (long)i), await ReadRangeAsync(spark, table));
    }

    [Fact]
    public async Task T01_a_table_above_the_largest_message_arrives_whole()
    {
        await using var spark = server.CreateExecutor();
        var text = new string('x', 2000);
        using var table = FeatureTable.FromColumns(
            ("id", Enumerable.Range(0, 100_000).Select(i => (long)i).ToArray()),
            ("t", Enumerable.Range(0, 100_000).Select(i => DateTimeOffset.UnixEpoch.AddSeconds(i)).ToArray()),
            ("text", Enumerable.Range(0, 100_000).Select(i => text).ToArray()));
        var plan = new RangePlan
        {
            Rows = new SourceRows(new TableSource(table), new PlanColumn("t", DataType.Timestamp), null),
            Keys = [],
            Outputs = [new PlanOutput(Id, "id"), new PlanOutput(new PlanColumn("text", DataType.String), "text")],
            From = UtcTime.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddSeconds(99_990)),
            To = long.MaxValue,
        };

        var rows = new List<long>();
        await foreach (var batch in spark.RunAsync(plan, Cancel))
            using (batch) rows.AddRange(((Int64Array)batch.Column(0)).Values.ToArray());

        Assert.Equal(Enumerable.Range(99_990, 10).Select(i => (long)i), rows);
    }

    [Fact]
    public async Task T02_a_batch_above_four_megabytes_is_read()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Whole(FakeSpark.Batch(new long[800_000], "big"));
        await using var spark = fake.CreateExecutor();

        using var table = await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel);

        Assert.Equal(800_000, table.RowCount);
    }

    [Fact]
    public async Task T03_cancelling_a_call_stops_the_query_on_the_server()
    {
        await using var spark = server.CreateExecutor();
        using var warm = await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = spark.ExecuteAsync("SELECT sum(a.id * b.id % 7) FROM range(10000000) a CROSS JOIN range(10000000) b", cancellationToken: cancel.Token);
        await ServerPage.WaitForJobsAsync(server, running: true);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await ServerPage.WaitForJobsAsync(server, running: false);
    }

    [Fact]
    public async Task T04_describing_a_command_does_not_run_it()
    {
        await using var spark = server.CreateExecutor();

        var refused = await Assert.ThrowsAsync<SparkQueryException>(() => spark.DescribeAsync("CREATE TEMPORARY VIEW trap4 AS SELECT 1 AS a", cancellationToken: Cancel));

        Assert.Equal("PARSE_SYNTAX_ERROR", refused.ErrorClass);
        Assert.Equal("TABLE_OR_VIEW_NOT_FOUND", (await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT * FROM trap4", cancellationToken: Cancel))).ErrorClass);
    }

    [Fact]
    public async Task T05_a_stream_without_its_completion_is_not_over()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Part(Row(1));
        fake.OnReattach = (attempt, _) => attempt < 3 ? Part() : Whole(Row(2));
        await using var spark = fake.CreateExecutor();

        using var table = await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel);

        Assert.Equal([1L, 2L], table.GetColumn<long>("v"));
    }

    [Fact]
    public async Task T06_ids_are_canonical_lower_case()
    {
        await using var fake = await FakeSpark.StartAsync();
        await using var spark = new SparkQueryExecutor(SparkServer.Context, $"{fake.Endpoint}/;session_id=D9B2D63D-A233-4123-847A-76EF1F8B9F1A");

        using var table = await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel);

        Assert.All(fake.Sessions, session => Assert.Equal("d9b2d63d-a233-4123-847a-76ef1f8b9f1a", session));
        Assert.All(fake.Executed, request => Assert.Equal(Guid.Parse(request.OperationId).ToString(), request.OperationId));
    }

    [Fact]
    public async Task T07_values_survive_a_server_with_a_parser_extension()
    {
        await using var spark = server.CreateExecutor();

        using var table = await spark.ExecuteAsync("SELECT $a AS a, $b AS b", new Dictionary<string, object?> { ["a"] = "x'y", ["b"] = 1.5m }, cancellationToken: Cancel);

        Assert.Equal(["x'y"], table.GetColumn<string>("a"));
        Assert.Equal([1.5m], table.GetColumn<decimal>("b"));
    }

    [Fact]
    public async Task T08_the_mode_is_ANSI_on_every_version()
    {
        await using var spark = server.CreateExecutor();

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT id / 0 FROM range(1)", cancellationToken: Cancel));

        Assert.Equal("DIVIDE_BY_ZERO", failure.ErrorClass);
        Assert.Equal("22012", failure.SqlState);
    }

    [Fact]
    public async Task T09_moments_of_every_unit_are_uploaded_as_microseconds()
    {
        await using var spark = server.CreateExecutor();
        var type = new TimestampType(TimeUnit.Millisecond, "+00:00");
        var schema = new Schema([ArrowTypes.ToField("id", DataType.BigInt), new Field("t", type, nullable: true)], null);
        var times = new TimestampArray.Builder(type).Append(DateTimeOffset.UnixEpoch.AddMilliseconds(1)).Append(DateTimeOffset.UnixEpoch.AddMilliseconds(2)).Build();
        using var table = FeatureTable.FromArrow(schema, [new RecordBatch(schema, [Numbers(0, 2), times], 2)]);

        Assert.Equal([1L], await ReadRangeAsync(spark, table, from: 2000));
    }

    [Fact]
    public async Task T10_batches_are_asked_for_without_compression()
    {
        await using var fake = await FakeSpark.StartAsync();
        await using var spark = fake.CreateExecutor();

        using var table = await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel);

        Assert.Contains(fake.Settings, pair => pair.Key == "spark.sql.execution.arrow.compression.codec" && pair.Value == "none");
        Assert.Contains(fake.Settings, pair => pair.Key == "spark.sql.session.timeZone" && pair.Value == "UTC");
    }

    private static async Task<List<long>> ReadRangeAsync(SparkQueryExecutor spark, FeatureTable table, long from = long.MinValue)
    {
        var plan = new RangePlan
        {
            Rows = new SourceRows(new TableSource(table), new PlanColumn("t", DataType.Timestamp), null), Keys = [Id], Outputs = [new PlanOutput(Id, "id")], From = from, To = long.MaxValue,
        };
        var rows = new List<long>();
        await foreach (var batch in spark.RunAsync(plan, Cancel))
            using (batch) rows.AddRange(((Int64Array)batch.Column(0)).Values.ToArray());
        return rows;
    }

    private static Int64Array Numbers(long first, int count)
    {
        var builder = new Int64Array.Builder();
        for (var i = 0; i < count; i++) builder.Append(first + i);
        return builder.Build();
    }

    private static TimestampArray Times(long first, int count)
    {
        var builder = new TimestampArray.Builder((TimestampType)ArrowTypes.ToArrow(DataType.Timestamp));
        for (var i = 0; i < count; i++) builder.Append(DateTimeOffset.UnixEpoch.AddSeconds(first + i));
        return builder.Build();
    }
}
