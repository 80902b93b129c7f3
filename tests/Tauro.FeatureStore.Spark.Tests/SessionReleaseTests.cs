using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Tauro.FeatureStore.Tests;
using static Tauro.FeatureStore.Spark.Tests.FakeSpark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>An executor that is disposed closes its session on the server; where it cannot, that is in the log, and nothing waits for it or is hidden by it.</summary>
public sealed class SessionReleaseTests(SparkServer server) : IDisposable
{
    private readonly CapturedLogs _logs = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task A_real_server_has_closed_the_session_and_one_of_3_5_which_cannot_has_nothing_of_ours_in_it()
    {
        var endpoint = $"{server.Endpoint.TrimEnd('/')}/;session_id={Guid.NewGuid()}";
        await using (var spark = new SparkQueryExecutor(SparkServer.Context, endpoint))
        {
            (await spark.ExecuteAsync("CREATE TEMPORARY VIEW mine AS SELECT 1 AS a", cancellationToken: Cancel)).Dispose();
            using var table = FeatureTable.FromColumns(("id", new long[] { 1 }), ("t", new[] { DateTimeOffset.UnixEpoch }));
            var plan = new RangePlan
            {
                Rows = new SourceRows(new TableSource(table), new PlanColumn("t", DataType.Timestamp), null), Keys = [],
                Outputs = [new PlanOutput(new PlanColumn("id", DataType.BigInt), "id")], From = 0, To = 1,
            };
            await foreach (var batch in spark.RunAsync(plan, Cancel)) batch.Dispose();
        }

        await using var again = new SparkQueryExecutor(SparkServer.Context, endpoint);
        if (server.Version.StartsWith("3.", StringComparison.Ordinal))
        {
            using var views = await again.ExecuteAsync("SHOW VIEWS", cancellationToken: Cancel);
            Assert.Equal(["mine"], views.GetColumn<string>("viewName"));
        }
        else
        {
            var closed = await Assert.ThrowsAsync<SparkQueryException>(() => again.ExecuteAsync("SELECT * FROM mine", cancellationToken: Cancel));
            Assert.Equal("INVALID_HANDLE.SESSION_CLOSED", closed.ErrorClass);
        }
    }

    [Fact]
    public async Task Each_session_that_was_opened_is_closed_once_and_nothing_is_said()
    {
        await using var fake = await FakeSpark.StartAsync();
        await using (var unused = CreateExecutor(fake))
        {
        }

        Assert.Empty(fake.Headers);
        var spark = CreateExecutor(fake);
        await RunAsync(spark);
        fake.ServerSession = "server-2";
        await Assert.ThrowsAsync<SparkQueryException>(() => RunAsync(spark));
        await RunAsync(spark);

        await spark.DisposeAsync();
        await spark.DisposeAsync();

        Assert.Equal(fake.Executed.Select(request => request.SessionId).Distinct(), fake.ReleasedSessions);
        Assert.Equal(2, fake.ReleasedSessions.Count);
        AssertWarnings();
    }

    [Theory]
    [InlineData(StatusCode.Unimplemented, false)]
    [InlineData(StatusCode.Internal, true)]
    [InlineData(StatusCode.Unavailable, true)]
    public async Task A_release_that_fails_is_logged_and_hides_no_failure_of_a_query(StatusCode status, bool isWarned)
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Refuse("Division by zero.", "DIVIDE_BY_ZERO", "22012");
        fake.OnReleaseSession = _ => throw new RpcException(new Status(status, "java.lang.NoClassDefFoundError: org/apache/spark/ml/Model"));

        var failure = await Assert.ThrowsAsync<SparkQueryException>(async () =>
        {
            await using var spark = CreateExecutor(fake);
            await RunAsync(spark);
        });

        Assert.Equal("DIVIDE_BY_ZERO", failure.ErrorClass);
        var session = Assert.Single(fake.ReleasedSessions);
        AssertWarnings(isWarned ? [$"{session} ({status}, "] : []);
        Assert.Equal(isWarned ? 0 : 1, _logs.Messages.Count(message => message.StartsWith("Debug: ", StringComparison.Ordinal) && message.Contains("(Unimplemented)", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_release_that_never_ends_is_given_up_and_logged()
    {
        await using var fake = await FakeSpark.StartAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fake.OnReleaseSession = token =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, token);
        };
        var spark = CreateExecutor(fake, clock);
        await RunAsync(spark);

        var disposing = spark.DisposeAsync().AsTask();
        await asked.Task.WaitAsync(Cancel);
        Assert.False(disposing.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(5));
        await disposing.WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        AssertWarnings($"{Assert.Single(fake.ReleasedSessions)} (");
    }

    private static async Task RunAsync(SparkQueryExecutor spark) => (await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel)).Dispose();

    private SparkQueryExecutor CreateExecutor(FakeSpark fake, TimeProvider? clock = null) =>
        new(new FeatureStoreContext(Path.GetTempPath()) { LoggerFactory = _logs, TimeProvider = clock ?? TimeProvider.System }, fake.Endpoint);

    /// <summary>The warnings are about these sessions that were not closed, and no others are there.</summary>
    private void AssertWarnings(params string[] sessions)
    {
        var warnings = _logs.Messages.Where(message => message.StartsWith("Warning: ", StringComparison.Ordinal)).ToList();
        Assert.Equal(sessions.Length, warnings.Count);
        foreach (var (session, warning) in sessions.Zip(warnings))
        {
            Assert.Contains($"failed to close the session {session}", warning, StringComparison.Ordinal);
            Assert.DoesNotContain("NoClassDefFound", warning, StringComparison.Ordinal);
        }
    }
}
