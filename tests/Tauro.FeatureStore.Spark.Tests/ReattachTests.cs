using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tauro.FeatureStore.Engines.Spark.Protocol;
using static Tauro.FeatureStore.Spark.Tests.FakeSpark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>What becomes of an answer when the connection, the server or the caller breaks off: no row is lost or doubled, and nothing stays behind.</summary>
public sealed class ReattachTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_an_answer_and_releases_it_once()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Whole(new ExecutePlanResponse { ResponseId = "schema" }, Row(1), Row(2), new ExecutePlanResponse { ResponseId = "metrics" });

        Assert.Equal([1L, 2L], await ReadAsync(fake));

        Assert.Single(fake.Released);
        Assert.Equal(fake.Executed.Single().OperationId, fake.Released.Single());
        Assert.Empty(fake.Interrupted);
        Assert.True(fake.Executed.Single().RequestOptions.Single().ReattachOptions.Reattachable);
    }

    [Fact]
    public async Task Goes_on_after_the_last_message_where_the_server_cuts_the_stream()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Part(Row(1), Row(2));
        fake.OnReattach = (_, last) => last == "r2" ? Part(Row(3)) : Whole(Row(4));

        Assert.Equal([1L, 2L, 3L, 4L], await ReadAsync(fake));

        Assert.Equal(["r2", "r3"], fake.Reattached.Select(request => request.LastResponseId));
        Assert.Single(fake.Executed);
        Assert.Empty(fake.Interrupted);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, "gone")]
    [InlineData(StatusCode.Internal, "[INVALID_CURSOR.DISCONNECTED] another reader")]
    public async Task Goes_on_where_the_connection_breaks(StatusCode status, string text)
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Fail(status, text, Row(1));
        fake.OnReattach = (attempt, _) => attempt < 3 ? Fail(StatusCode.Unavailable, "still") : Whole(Row(2));

        Assert.Equal([1L, 2L], await ReadAsync(fake));

        Assert.Equal(["r1", "r1", "r1"], fake.Reattached.Select(request => request.LastResponseId));
    }

    [Fact]
    public async Task Sends_again_what_never_arrived_as_the_same_operation()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = attempt => attempt == 1 ? Fail(StatusCode.Unavailable, "gone") : Whole(Row(1));

        Assert.Equal([1L], await ReadAsync(fake));

        Assert.Equal(2, fake.Executed.Count);
        Assert.Single(fake.Executed.Select(request => request.OperationId).Distinct());
    }

    [Fact]
    public async Task Reattaches_where_the_first_try_had_arrived_after_all()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = attempt => attempt == 1
            ? Fail(StatusCode.Unavailable, "gone") : Fail(StatusCode.Internal, "[INVALID_HANDLE.OPERATION_ALREADY_EXISTS] there is one");
        fake.OnReattach = (attempt, _) => attempt == 1 ? Fail(StatusCode.Internal, "[INVALID_HANDLE.OPERATION_NOT_FOUND] not yet") : Whole(Row(1));

        Assert.Equal([1L], await ReadAsync(fake));
    }

    [Fact]
    public async Task Fails_where_the_server_lost_the_rest()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Fail(StatusCode.Unavailable, "gone", Row(1));

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => ReadAsync(fake));

        Assert.Contains("not whole", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task Gives_up_after_the_retry_window()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Fail(StatusCode.Unavailable, "gone", Row(1));
        fake.OnReattach = (_, _) => Fail(StatusCode.Unavailable, "gone");

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => ReadAsync(fake, retryWindow: TimeSpan.FromSeconds(1)));

        Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsConnectionLost);
    }

    [Fact]
    public async Task Reads_a_batch_that_comes_in_parts()
    {
        await using var fake = await FakeSpark.StartAsync();
        var data = FakeSpark.Stream(7, 8, 9);
        ExecutePlanResponse Chunk(int index, int from, int to) => new()
        {
            ResponseId = $"c{index}",
            ArrowBatch = new ExecutePlanResponse.Types.ArrowBatch
            {
                RowCount = 3, StartOffset = 0, ChunkIndex = index, NumChunksInBatch = 2, Data = ByteString.CopyFrom(data.Span[from..to]),
            },
        };
        fake.OnExecute = _ => Whole(Chunk(0, 0, 100), Chunk(1, 100, data.Length));

        Assert.Equal([7L, 8L, 9L], await ReadAsync(fake));
    }

    [Fact]
    public async Task Refuses_an_answer_with_a_gap()
    {
        await using var fake = await FakeSpark.StartAsync();
        var late = Row(2);
        late.ArrowBatch.StartOffset = 5;
        fake.OnExecute = _ => Whole(Row(1), late);

        Assert.Contains("starts at row 5", (await Assert.ThrowsAsync<SparkQueryException>(() => ReadAsync(fake))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stops_the_server_when_the_caller_cancels()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Hang(Row(1));
        await using var spark = fake.CreateExecutor();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: cancel.Token));

        AssertStopped(fake);
    }

    [Theory]
    [InlineData("server-1", 2)]
    [InlineData("", 1)]
    public async Task Lets_a_query_that_a_new_server_still_plans_begin_before_it_is_stopped_and_end_before_it_is_released(string serverSession, int reattachments)
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.ServerSession = serverSession;
        fake.OnExecute = _ => Hang();
        var (interruptedBefore, releasedBefore) = (0, 0);
        var begun = new ExecutePlanResponse { ResponseId = "p1", ExecutionProgress = new ExecutePlanResponse.Types.ExecutionProgress() };
        begun.ExecutionProgress.Stages.Add(new ExecutePlanResponse.Types.ExecutionProgress.Types.StageInfo { NumTasks = 1 });
        fake.OnReattach = (attempt, _) => async (stream, operation, token) =>
        {
            await Task.Delay(200, token);
            if (attempt < reattachments)
            {
                interruptedBefore += fake.Interrupted.Count;
                await Hang(begun)(stream, operation, token);
            }

            releasedBefore += fake.Released.Count;
            await Fail(StatusCode.Internal, "[OPERATION_CANCELED] Operation has been canceled.")(stream, operation, token);
        };
        await using var spark = fake.CreateExecutor();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: cancel.Token));

        AssertStopped(fake);
        Assert.Equal(reattachments, fake.Reattached.Count);
        Assert.Equal((0, 0), (interruptedBefore, releasedBefore));
    }

    [Fact]
    public async Task Stops_the_server_when_the_time_is_over()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Hang(Row(1));
        await using var spark = fake.CreateExecutor(timeout: TimeSpan.FromMilliseconds(400));

        var failure = await Assert.ThrowsAsync<QueryTimeoutException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel));

        Assert.Equal(TimeSpan.FromMilliseconds(400), failure.Timeout);
        Assert.Contains("0.4 s", failure.Message, StringComparison.Ordinal);
        AssertStopped(fake);
    }

    [Fact]
    public async Task Does_not_count_the_time_of_the_caller()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Whole(Row(1), Row(2), Row(3));
        await using var spark = fake.CreateExecutor(timeout: TimeSpan.FromSeconds(1));
        var rows = 0;

        await foreach (var batch in spark.StreamAsync("SELECT 1", cancellationToken: Cancel))
        {
            await Task.Delay(600, Cancel);
            rows += batch.Length;
            batch.Dispose();
        }

        Assert.Equal(3, rows);
    }

    [Fact]
    public async Task Says_that_an_answer_is_complete_and_says_it_of_no_other()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = attempt => attempt == 1 ? Whole(Row(1), Row(2)) : Fail(StatusCode.Internal, "[DIVIDE_BY_ZERO] no", Row(1));
        await using var spark = fake.CreateExecutor();
        var (whole, broken) = (new Heard(), new Heard());

        using (await spark.ExecuteAsync("SELECT 1", progress: whole, cancellationToken: Cancel)) Assert.Equal(1, whole.Reports[^1].Fraction);
        await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT 1", progress: broken, cancellationToken: Cancel));

        Assert.DoesNotContain(broken.Reports, report => report.Fraction == 1);
    }

    [Fact]
    public async Task Stops_the_server_when_the_caller_stops_reading()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Hang(Row(1));
        await using var spark = fake.CreateExecutor();

        await foreach (var batch in spark.StreamAsync("SELECT 1", cancellationToken: Cancel))
        {
            batch.Dispose();
            break;
        }

        AssertStopped(fake);
    }

    [Fact]
    public async Task Fails_where_the_server_forgot_the_session_and_opens_a_new_one_for_the_next_call()
    {
        await using var fake = await FakeSpark.StartAsync();
        await using var spark = fake.CreateExecutor();
        using (await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel))
        {
        }

        fake.ServerSession = "server-2";
        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel));
        using var table = await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel);

        Assert.Equal("INVALID_HANDLE.SESSION_CHANGED", failure.ErrorClass);
        Assert.Equal(1, table.RowCount);
        Assert.Equal(2, fake.Sessions.Distinct().Count());
    }

    [Fact]
    public async Task Sets_the_session_up_again_where_an_old_server_may_have_replaced_it()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.ServerSession = "";
        await using var spark = fake.CreateExecutor();

        for (var i = 0; i < 3; i++)
            using (await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel))
            {
            }

        Assert.Equal(3, fake.Settings.Count(pair => pair.Key == "spark.sql.session.timeZone" && pair.Value == "UTC"));
    }

    [Fact]
    public async Task Says_what_a_4x_server_says_about_an_error()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Refuse("The table `t` cannot be found.\n== SQL ==\nSELECT secret", "TABLE_OR_VIEW_NOT_FOUND", "42P01");

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => ReadAsync(fake));

        Assert.Equal("TABLE_OR_VIEW_NOT_FOUND", failure.ErrorClass);
        Assert.Equal("42P01", failure.SqlState);
        Assert.False(failure.IsTransient);
        Assert.Contains("The table `t` cannot be found. Check the name", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.Single(fake.Released);
    }

    [Fact]
    public async Task Does_not_try_again_where_the_token_is_refused()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnCall = _ => new RpcException(new Status(StatusCode.Unauthenticated, "Invalid authentication token"));
        await using var spark = fake.CreateExecutor(token: "SECRET");

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel));

        Assert.Single(fake.Headers);
        Assert.Equal("Bearer SECRET", fake.Headers.Single().GetValue("authorization"));
        Assert.Contains("Check the token", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", failure.ToString(), StringComparison.Ordinal);
    }

    private static void AssertStopped(FakeSpark fake)
    {
        Assert.Equal(fake.Executed.Single().OperationId, Assert.Single(fake.Interrupted));
        Assert.Equal(fake.Executed.Single().OperationId, Assert.Single(fake.Released));
    }

    private static async Task<List<long>> ReadAsync(FakeSpark fake, TimeSpan? retryWindow = null)
    {
        await using var spark = fake.CreateExecutor(retryWindow: retryWindow);
        using var table = await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel);
        return [.. table.GetColumn<long>("v")];
    }

    private sealed class Heard : IProgress<QueryProgress>
    {
        public List<QueryProgress> Reports { get; } = [];

        public void Report(QueryProgress value) => Reports.Add(value);
    }
}
