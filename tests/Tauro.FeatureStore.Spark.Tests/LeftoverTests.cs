namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>However a query ends, the server's own pages show nothing left of it: no job that runs, no execution that is held.</summary>
public sealed class LeftoverTests(SparkServer server)
{
    /// <summary>Tasks that sleep for a minute: were one left behind, it would not burden the other tests for good.</summary>
    private const string Slow = "SELECT count(slept) AS n FROM (SELECT reflect('java.lang.Thread', 'sleep', 300L + id * 0) AS slept FROM range(0, 400, 1, 4))";

    private const string Long = "SELECT id, uuid() AS a, uuid() AS b FROM range(0, 50000000, 1, 50)";

    private readonly Guid _session = Guid.NewGuid();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_an_answer_and_its_views()
    {
        await using var spark = CreateExecutor();
        using var table = FeatureTable.FromColumns(("id", new long[] { 1, 2 }), ("t", new[] { DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch }));
        var plan = new RangePlan
        {
            Rows = new SourceRows(new TableSource(table), new PlanColumn("t", DataType.Timestamp), null), Keys = [],
            Outputs = [new PlanOutput(new PlanColumn("id", DataType.BigInt), "id")], From = 0, To = long.MaxValue,
        };

        await foreach (var batch in spark.RunAsync(plan, Cancel)) batch.Dispose();

        using var views = await spark.ExecuteAsync("SHOW VIEWS", cancellationToken: Cancel);
        Assert.Equal(0, views.RowCount);
        await ServerPage.WaitForNothingOfAsync(server, _session);
    }

    [Fact]
    public async Task After_a_cancelled_query()
    {
        await using var spark = CreateExecutor();
        await CancelAsync(spark);
        await ServerPage.WaitForNothingOfAsync(server, _session);
    }

    [Fact]
    public async Task After_a_timeout()
    {
        await using var spark = CreateExecutor(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<QueryTimeoutException>(() => spark.ExecuteAsync(Slow, cancellationToken: Cancel));
        await ServerPage.WaitForNothingOfAsync(server, _session);
    }

    [Fact]
    public async Task After_a_stream_that_the_caller_left()
    {
        await using var spark = CreateExecutor();
        await foreach (var batch in spark.StreamAsync(Long, cancellationToken: Cancel))
        {
            batch.Dispose();
            break;
        }

        await ServerPage.WaitForNothingOfAsync(server, _session);
    }

    [Theory]
    [InlineData("SELECT nothing FROM range(1)")]
    [InlineData("SELECT id / (id - 90000) FROM range(100000)")]
    public async Task After_a_query_that_failed(string sql)
    {
        await using var spark = CreateExecutor();
        await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync(sql, cancellationToken: Cancel));
        await ServerPage.WaitForNothingOfAsync(server, _session);
    }

    [Fact]
    public async Task After_an_executor_that_was_disposed_in_mid_stream()
    {
        var spark = CreateExecutor();
        var batches = spark.StreamAsync(Long, cancellationToken: Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await batches.MoveNextAsync());
        batches.Current.Dispose();

        await spark.DisposeAsync();

        await ServerPage.WaitForNothingOfAsync(server, _session);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            while (await batches.MoveNextAsync()) batches.Current.Dispose();
        });
        await batches.DisposeAsync();
    }

    [Fact]
    public async Task After_a_hundred_cancelled_queries()
    {
        await using var spark = CreateExecutor();
        await CancelAsync(spark);

        // Most of them while the server still plans them.
        for (var round = 0; round < 10; round++) await Task.WhenAll(Enumerable.Range(0, 10).Select(i => CancelAsync(spark, after: TimeSpan.FromMilliseconds(i * 20))));

        await ServerPage.WaitForNothingOfAsync(server, _session);
        using var answer = await spark.ExecuteAsync("SELECT 1L AS v", cancellationToken: Cancel);
        Assert.Equal([1L], answer.GetColumn<long>("v"));
    }

    private SparkQueryExecutor CreateExecutor(TimeSpan? timeout = null) => new(SparkServer.Context, new SparkOptions
    {
        ConnectionString = $"{server.Endpoint.TrimEnd('/')}/;session_id={_session}", QueryTimeout = timeout ?? TimeSpan.FromMinutes(2),
    });

    private async Task CancelAsync(SparkQueryExecutor spark)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = spark.ExecuteAsync(Slow, cancellationToken: cancel.Token);
        await ServerPage.WaitForJobsAsync(server, running: true, _session.ToString());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task CancelAsync(SparkQueryExecutor spark, TimeSpan after)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        cancel.CancelAfter(after);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => spark.ExecuteAsync(Slow, cancellationToken: cancel.Token));
    }
}
