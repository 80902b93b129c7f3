using System.Diagnostics;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>Work that nobody waits for any more ends inside DuckDB, and leaves nothing.</summary>
public sealed class StoppingTests : IDisposable
{
    private const string Endless = "SELECT sum(hash(a.range + b.range)::DOUBLE) AS s FROM range(10000000) a, range(10000000) b";

    private readonly string _temp = Directory.CreateTempSubdirectory("tauro-temp").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_temp, recursive: true);

    [Fact]
    public async Task Cancelling_stops_within_a_second()
    {
        await using var executor = new DuckDBQueryExecutor();
        using var source = new CancellationTokenSource();
        var running = executor.ExecuteAsync(Endless, cancellationToken: source.Token);
        await Task.Delay(300, Token);
        var watch = Stopwatch.StartNew();
        await source.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await AssertIdleAsync(executor);
    }

    [Fact]
    public async Task A_timeout_says_how_long_it_waited()
    {
        var timeout = TimeSpan.FromMilliseconds(400);
        await using var executor = new DuckDBQueryExecutor(new FeatureStoreContext(_temp), new DuckDBOptions { QueryTimeout = timeout });
        var watch = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<QueryTimeoutException>(() => executor.ExecuteAsync(Endless, cancellationToken: Token));
        Assert.InRange(watch.Elapsed, timeout, TimeSpan.FromSeconds(3));
        Assert.Equal(timeout, error.Timeout);
        Assert.Contains("00:00:00.4", error.Message, StringComparison.Ordinal);
        Assert.Contains("range(10000000)", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
        await AssertIdleAsync(executor);
    }

    [Fact]
    public async Task A_slow_reader_is_no_slow_engine()
    {
        await using var executor = new DuckDBQueryExecutor(new FeatureStoreContext(_temp), new DuckDBOptions { QueryTimeout = TimeSpan.FromSeconds(2) });
        using var facts = new Facts();
        var plan = Reads.Plan(
            facts.Spine(Enumerable.Range(0, 200_000).Select(i => new Wanted(i, 0))), Reads.Of(new SourceRows(facts.Table([new(1, 1)]), Reads.Happened, null)));
        var rows = 0;
        await foreach (var batch in executor.RunAsync(plan, Token))
        {
            rows += batch.Length;
            batch.Dispose();
            await Task.Delay(900, Token);
        }

        Assert.Equal(200_000, rows);
    }

    [Fact]
    public async Task Leaving_a_stream_early_stops_the_engine()
    {
        await using var executor = new DuckDBQueryExecutor();
        using var facts = new Facts();
        var plan = Reads.Plan(
            facts.Spine(Enumerable.Range(0, 300_000).Select(i => new Wanted(i, 0))), Reads.Of(new SourceRows(facts.Table([new(1, 1)]), Reads.Happened, null)));
        for (var i = 0; i < 5; i++)
            await foreach (var batch in executor.RunAsync(plan, Token))
            {
                batch.Dispose();
                break;
            }

        Assert.Equal(300_000, (await executor.IdsAsync(plan)).Length);
    }

    [Fact]
    public async Task A_hundred_cancelled_queries_and_plans_leave_nothing_behind()
    {
        await using (var executor = new DuckDBQueryExecutor(new FeatureStoreContext(_temp), new DuckDBOptions { TempDirectory = _temp, Threads = 2 }))
        {
            using var facts = new Facts();
            var files = facts.Files(Enumerable.Range(0, 20_000).Select(i => new Fact(i, i % 100, i)));
            var rows = new SourceRows(files, Reads.Happened, null);
            var plan = Reads.Plan(facts.Spine(Enumerable.Range(0, 50_000).Select(i => new Wanted(i % 100, i))), Reads.Of(rows), Reads.Of(rows, suffix: "2"));
            await Parallel.ForEachAsync(Enumerable.Range(0, 100), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (i, _) =>
            {
                using var source = new CancellationTokenSource();
                source.CancelAfter(TimeSpan.FromMilliseconds(i % 60));
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
                {
                    if (i % 2 == 0) (await executor.ExecuteAsync(Endless, cancellationToken: source.Token)).Dispose();
                    while (true) await foreach (var batch in executor.RunAsync(plan, source.Token)) batch.Dispose();
                });
            });
            await AssertIdleAsync(executor);
            Assert.Equal(50_000, (await executor.IdsAsync(plan)).Length);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp));
    }

    [Fact]
    public async Task Disposing_stops_what_runs()
    {
        var executor = new DuckDBQueryExecutor();
        var running = executor.ExecuteAsync(Endless, cancellationToken: Token);
        await Task.Delay(300, Token);
        await executor.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => running.WaitAsync(TimeSpan.FromSeconds(5), Token));
    }

    [Fact]
    public async Task What_does_not_fit_in_memory_goes_to_the_temporary_folder_and_away()
    {
        await using (var executor = new DuckDBQueryExecutor(new FeatureStoreContext(_temp), new DuckDBOptions { TempDirectory = _temp, MemoryLimit = "60MB", Threads = 2 }))
        {
            using var table = await executor.ExecuteAsync(
                "SELECT count(*) AS n, sum(n) AS s FROM (SELECT row_number() OVER (ORDER BY hash(i)) AS n, repeat('x', 40) || i AS t FROM range(2000000) t(i)) WHERE length(t) > 1",
                cancellationToken: Token);
            Assert.Equal(2_000_000, table.GetColumn<long>("n").Single());
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp));
    }

    private static async Task AssertIdleAsync(DuckDBQueryExecutor executor)
    {
        using var table = await executor.ExecuteAsync(
            "SELECT (SELECT count(*) FROM duckdb_tables()) + (SELECT count(*) FROM duckdb_views() WHERE NOT internal) AS n", cancellationToken: Token);
        Assert.Equal(0, table.GetColumn<long>("n").Single());
    }
}
