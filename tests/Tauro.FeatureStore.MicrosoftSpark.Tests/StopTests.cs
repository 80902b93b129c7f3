using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Spark;
using Microsoft.Spark.Interop.Ipc;
using Tauro.FeatureStore.Engines.MicrosoftSpark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>What is stopped runs no longer in Spark, and what fails says why. No other test runs beside these, which look at all of Spark's jobs.</summary>
[Collection(typeof(Alone))]
public sealed class StopTests(SparkServer server)
{
    /// <summary>Hours of work.</summary>
    private const string Endless = "SELECT count(*) AS n FROM range(0, 1000000000000, 1, 4) WHERE hash(id) = 7 AND hash(id + 1) = 8";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancelling_stops_the_jobs_within_seconds()
    {
        await using var spark = server.CreateExecutor();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var query = spark.ExecuteAsync(Endless, cancellationToken: stop.Token);
        await UntilAsync(() => ActiveJobs() > 0);

        var watch = Stopwatch.StartNew();
        await stop.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => query);

        Assert.Equal(stop.Token, cancelled.CancellationToken);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
        await UntilAsync(() => ActiveJobs() == 0);
    }

    /// <summary>A command runs as soon as Spark reads it. There are more of them than the library has connections, of which some must stay free for those that cancel.</summary>
    [Fact]
    public async Task Cancelling_stops_commands_however_many_there_are()
    {
        var folder = Directory.CreateTempSubdirectory("tauro-stop-");
        await using var spark = server.CreateExecutor();
        using (await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel)) { }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var commands = Enumerable.Range(0, 9)
            .Select(i => spark.ExecuteAsync($"INSERT OVERWRITE LOCAL DIRECTORY '{folder.FullName}/{i}' USING parquet {Endless}", cancellationToken: stop.Token)).ToList();
        await UntilAsync(() => ActiveJobs() > 0);

        var watch = Stopwatch.StartNew();
        await stop.CancelAsync();
        foreach (var command in commands) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
        await UntilAsync(() => ActiveJobs() == 0);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_plan_ends_while_other_queries_keep_Spark_busy()
    {
        await using var spark = server.CreateExecutor();
        using var table = FeatureTable.FromColumns(("t", new DateTimeOffset[] { DateTimeOffset.UnixEpoch }));
        var time = new PlanColumn("t", DataType.Timestamp);
        var plan = new RangePlan { Rows = new SourceRows(new TableSource(table), time, null), Keys = [], Outputs = [new PlanOutput(time, "t")], From = long.MinValue, To = long.MaxValue };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var batches = spark.RunAsync(plan, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await batches.MoveNextAsync());
        using (var batch = batches.Current) Assert.Equal(1, batch.Length);
        var others = Enumerable.Range(0, 9).Select(_ => spark.ExecuteAsync(Endless, cancellationToken: stop.Token)).ToList();
        await UntilAsync(() => ActiveJobs() > 1);

        var watch = Stopwatch.StartNew();
        await batches.DisposeAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
        await stop.CancelAsync();
        foreach (var other in others) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        await UntilAsync(() => ActiveJobs() == 0);
    }

    [Fact]
    public async Task A_driver_that_does_not_drop_a_view_holds_nobody_up()
    {
        using var answer = new ManualResetEventSlim();
        IEnumerable<string> NamesOnceSparkAnswers()
        {
            answer.Wait(Cancel);
            yield break;
        }

        var queries = new MicrosoftSparkQueries(new SparkJobs(server.Session, NullLogger.Instance), NullLogger.Instance);
        var watch = Stopwatch.StartNew();

        await queries.DropViewsAsync(NamesOnceSparkAnswers());

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
        answer.Set();
    }

    [Fact]
    public async Task Disposing_the_executor_stops_its_queries()
    {
        var spark = server.CreateExecutor();
        var query = spark.ExecuteAsync(Endless, cancellationToken: Cancel);
        await UntilAsync(() => ActiveJobs() > 0);

        await spark.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => query);
        await UntilAsync(() => ActiveJobs() == 0);
    }

    /// <summary>What a stopped job fails with is nobody's, and must not come up as an error that was not looked at.</summary>
    [Fact]
    public async Task Cancelled_work_leaves_no_failure_behind()
    {
        var left = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs failure) => left.Enqueue(failure.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await CancelWorkAsync();
            // A thread remembers its last work until it has some again.
            var jobs = new SparkJobs(server.Session, NullLogger.Instance);
            await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => jobs.RunAsync(session => session.Version(), values: null, Cancel)));
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.DoesNotContain(left, failure => failure.ToString().Contains("Tauro.FeatureStore.Engines", StringComparison.Ordinal));
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        async Task CancelWorkAsync()
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var work = new SparkJobs(server.Session, NullLogger.Instance).RunAsync(session => session.Sql(Endless).Collect().Count(), values: null, stop.Token);
            await UntilAsync(() => ActiveJobs() > 0);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
            await UntilAsync(() => ActiveJobs() == 0);
        }
    }

    [Fact]
    public async Task The_time_is_over()
    {
        await using var spark = server.CreateExecutor(timeout: TimeSpan.FromSeconds(2));

        var timeout = await Assert.ThrowsAsync<QueryTimeoutException>(() => spark.ExecuteAsync(Endless, cancellationToken: Cancel));

        Assert.Equal(TimeSpan.FromSeconds(2), timeout.Timeout);
        Assert.Contains("2 s", timeout.Message, StringComparison.Ordinal);
        await UntilAsync(() => ActiveJobs() == 0);
    }

    [Fact]
    public async Task A_stream_that_is_left_stops_and_its_time_stands_still_meanwhile()
    {
        await using var spark = server.CreateExecutor(timeout: TimeSpan.FromSeconds(20));
        long rows = 0;

        await foreach (var batch in spark.StreamAsync("SELECT id FROM range(0, 10000000, 1, 200)", cancellationToken: Cancel))
        {
            using (batch) rows += batch.Length;
            if (rows > 200_000) break;
        }

        Assert.InRange(rows, 200_001, 1_000_000);
        await UntilAsync(() => ActiveJobs() == 0);
        using var next = await spark.ExecuteAsync("SELECT 1 AS x", cancellationToken: Cancel);
        Assert.Equal([1], next.GetColumn<int>("x"));
    }

    [Fact]
    public async Task Many_queries_at_once_and_many_that_are_cancelled_leave_Spark_idle()
    {
        await using var spark = server.CreateExecutor();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var cancelled = Enumerable.Range(0, 12).Select(_ => spark.ExecuteAsync(Endless, cancellationToken: stop.Token)).ToList();
        await UntilAsync(() => ActiveJobs() > 0);
        await stop.CancelAsync();
        foreach (var query in cancelled) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => query);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            using var table = await spark.ExecuteAsync("SELECT $n + 1 AS n", new Dictionary<string, object?> { ["n"] = i }, cancellationToken: Cancel);
            return table.GetColumn<int>("n")[0];
        }));

        Assert.Equal(Enumerable.Range(1, 30), answers);
        await UntilAsync(() => ActiveJobs() == 0);
    }

    [Theory]
    [InlineData("SELEC 1", "PARSE_SYNTAX_ERROR", "42601")]
    [InlineData("SELECT * FROM no_such_table", "TABLE_OR_VIEW_NOT_FOUND", "42P01")]
    [InlineData("SELECT nothing FROM range(1)", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703")]
    [InlineData("SELECT CAST('x' AS INT)", "CAST_INVALID_INPUT", "22018")]
    [InlineData("SELECT 1 / (id - 5) FROM range(10)", "DIVIDE_BY_ZERO", "22012")]
    public async Task Spark_refuses_the_query(string sql, string errorClass, string sqlState)
    {
        await using var spark = server.CreateExecutor();

        var whole = await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync(sql, cancellationToken: Cancel));
        var inParts = await Assert.ThrowsAsync<SparkQueryException>(async () =>
        {
            await foreach (var batch in spark.StreamAsync(sql, cancellationToken: Cancel)) batch.Dispose();
        });

        Assert.Equal((errorClass, sqlState), (whole.ErrorClass, whole.SqlState));
        Assert.Equal((errorClass, sqlState), (inParts.ErrorClass, inParts.SqlState));
        Assert.StartsWith($"Spark could not run the query: [{errorClass}] ", whole.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\tat ", whole.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_value_of_a_parameter_is_said()
    {
        await using var spark = server.CreateExecutor();

        var failure = await Assert.ThrowsAsync<SparkQueryException>(
            () => spark.ExecuteAsync("SELECT CAST($who AS INT)", new Dictionary<string, object?> { ["who"] = "secret-7" }, cancellationToken: Cancel));

        Assert.Equal("CAST_INVALID_INPUT", failure.ErrorClass);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The forms that were seen when a driver was killed: in a call, after it, and while rows were read.</summary>
    [Fact]
    public void A_driver_that_is_gone_is_a_lost_connection()
    {
        Exception[] seen =
        [
            new InvalidOperationException("JVM method execution failed", new JvmException(null)), new IOException("Connection reset"), new SocketException((int)SocketError.ConnectionRefused),
        ];

        Assert.All(seen, failure =>
        {
            var known = JvmFailure.Of(failure, values: null);
            Assert.NotNull(known);
            Assert.True(known.IsConnectionLost);
            Assert.Contains("driver of Spark does not answer", known.Message, StringComparison.Ordinal);
        });
        Assert.Null(JvmFailure.Of(new InvalidOperationException("a defect"), values: null));
    }

    [Fact]
    public void Rows_that_end_before_the_last_are_no_answer()
    {
        object?[][] whole = [[1, false], [2, false], [null, true]];

        Assert.Equal([1, 2], CarriedFrames.UntilEnd(whole).Select(row => row[0]));
        Assert.Empty(CarriedFrames.UntilEnd(whole[2..]));
        Assert.All([whole[..2], whole[..0], [whole[2], whole[0]]], (object?[][] rows) =>
        {
            var cut = Assert.Throws<SparkQueryException>(() => CarriedFrames.UntilEnd(rows).Count());
            Assert.True(cut.IsConnectionLost);
            Assert.Contains("ends before its last row", cut.Message, StringComparison.Ordinal);
        });
        var inside = JvmFailure.Of(new ArgumentException("Incomplete bytes read: 3, expected: 4") { Source = "Microsoft.Spark" }, values: null);
        Assert.True(inside?.IsConnectionLost);
        Assert.Null(JvmFailure.Of(new ArgumentException("a defect"), values: null));
    }

    [Fact]
    public async Task A_disposed_executor_says_so_and_leaves_the_session_open()
    {
        var spark = server.CreateExecutor();
        using (await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel)) await spark.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel));
        Assert.StartsWith("3.", server.Session.Version(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.5.7", true)]
    [InlineData("3.5.0-SNAPSHOT", true)]
    [InlineData("3.4.4", false)]
    [InlineData("2.4.8", false)]
    [InlineData("unknown", false)]
    public void An_older_Spark_is_refused(string version, bool isTaken)
    {
        var refused = Record.Exception(() => DriverVersion.Check(version));

        if (isTaken) Assert.Null(refused);
        else Assert.Contains($"runs on Spark {version}", Assert.IsType<VirtualizationQueryException>(refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_options_are_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => server.CreateExecutor(timeout: TimeSpan.Zero));

        Assert.Contains("QueryTimeout", refused.Message, StringComparison.Ordinal);
    }

    private int ActiveJobs() => ((int[])((JvmObjectReference)server.Session.SparkContext.Reference.Invoke("statusTracker")).Invoke("getActiveJobIds")).Length;

    private static async Task UntilAsync(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
            await Task.Delay(50, Cancel);
        }
    }

    [CollectionDefinition(DisableParallelization = true)]
    public sealed class Alone;
}
