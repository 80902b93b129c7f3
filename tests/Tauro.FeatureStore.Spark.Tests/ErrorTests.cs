using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Every failure is an exception of the library's within seconds, and says what to do.</summary>
public sealed class ErrorTests(SparkServer server)
{
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_listens()
    {
        await using var spark = new SparkQueryExecutor(SparkServer.Context, "sc://127.0.0.1:1");

        var failure = await WithinSecondsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel));

        Assert.True(failure.IsConnectionLost);
        Assert.Contains("sc://127.0.0.1:1 cannot be reached", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Check that it runs", failure.Message, StringComparison.Ordinal);
        Assert.False((await spark.CheckHealthAsync(Cancel)).IsHealthy);
    }

    [Fact]
    public async Task The_host_is_unknown()
    {
        await using var spark = new SparkQueryExecutor(SparkServer.Context, "sc://spark.invalid:15002");

        await WithinSecondsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel));
    }

    [Fact]
    public async Task Who_listens_never_answers()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var endpoint = $"sc://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
        await using var spark = new SparkQueryExecutor(SparkServer.Context, new SparkOptions { ConnectionString = endpoint, ConnectTimeout = TimeSpan.FromSeconds(1) });

        var failure = await WithinSecondsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel));

        Assert.Contains("did not answer within 1 s", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELEC 1", "PARSE_SYNTAX_ERROR", "42601")]
    [InlineData("SELECT * FROM no_such_table", "TABLE_OR_VIEW_NOT_FOUND", "42P01")]
    [InlineData("SELECT nothing FROM range(1)", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703")]
    [InlineData("SELECT CAST('x' AS INT)", "CAST_INVALID_INPUT", "22018")]
    public async Task Spark_refuses_the_query(string sql, string errorClass, string sqlState)
    {
        await using var spark = server.CreateExecutor();

        var failure = await WithinSecondsAsync<SparkQueryException>(() => spark.ExecuteAsync(sql, cancellationToken: Cancel));

        Assert.Equal(errorClass, failure.ErrorClass);
        Assert.Equal(sqlState, failure.SqlState);
        Assert.False(failure.IsTransient);
        Assert.DoesNotContain("== SQL", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\tat ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_is_over()
    {
        await using var spark = server.CreateExecutor(timeout: TimeSpan.FromSeconds(3));

        var failure = await WithinSecondsAsync<QueryTimeoutException>(
            () => spark.ExecuteAsync("SELECT sum(a.id * b.id % 7) FROM range(10000000) a CROSS JOIN range(10000000) b", cancellationToken: Cancel));

        Assert.Equal(TimeSpan.FromSeconds(3), failure.Timeout);
        await ServerPage.WaitForJobsAsync(server, running: false);
    }

    [Fact]
    public async Task A_file_of_the_plan_is_missing()
    {
        await using var spark = server.CreateExecutor();
        var plan = new RangePlan
        {
            Rows = new SourceRows(new ParquetSource([new ParquetSourceFile("/no/such/file.parquet", 1, 1, 0)]), new PlanColumn("t", DataType.Timestamp), null),
            Keys = [],
            Outputs = [new PlanOutput(new PlanColumn("t", DataType.Timestamp), "t")],
            From = 0,
            To = 1,
        };

        var failure = await WithinSecondsAsync<SparkQueryException>(async () =>
        {
            await foreach (var batch in spark.RunAsync(plan, Cancel)) batch.Dispose();
        });

        Assert.Equal("PATH_NOT_FOUND", failure.ErrorClass);
        Assert.Contains("Check that the server sees the same files", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_the_plan_is_of_another_size_than_is_said()
    {
        using var folder = new CaseFolder();
        await using var spark = server.CreateExecutor();
        var time = new PlanColumn("t", DataType.Timestamp);
        using var one = FeatureTable.FromColumns(("t", new[] { DateTimeOffset.UnixEpoch }));
        using var two = FeatureTable.FromColumns(("t", new[] { DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch }));
        var right = await folder.WriteAsync("right.parquet", one, [time], created: 0);
        var wrong = await folder.WriteAsync("wrong.parquet", two, [time], created: 0);
        var source = new ParquetSource([right, wrong with { Size = right.Size + 1 }]);
        var plan = new RangePlan { Rows = new SourceRows(source, time, null), Keys = [], Outputs = [new PlanOutput(time, "t")], From = 0, To = 1 };

        var failure = await WithinSecondsAsync<SparkQueryException>(async () =>
        {
            await foreach (var batch in spark.RunAsync(plan, Cancel)) batch.Dispose();
        });

        Assert.Contains("A file of the table has an unexpected name or size.", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<TException> WithinSecondsAsync<TException>(Func<Task> operation) where TException : Exception
    {
        var watch = Stopwatch.StartNew();
        var failure = await Assert.ThrowsAsync<TException>(operation);
        Assert.True(watch.Elapsed < Seconds, $"It took {watch.Elapsed}.");
        return failure;
    }
}
