namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>What a caller hears of a query while it runs.</summary>
public sealed class ProgressTests : IAsyncDisposable
{
    /// <summary>Some seconds of work over a number of rows that is known before.</summary>
    private const string Long = "SELECT sum(length(sha256(CAST(i AS VARCHAR)))) AS s FROM long_table";

    private readonly DuckDBQueryExecutor _executor = new(new FeatureStoreContext(Path.GetTempPath()), new DuckDBOptions { Threads = 2 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _executor.DisposeAsync();

    [Fact]
    public async Task A_long_query_says_how_far_it_is_and_then_that_it_is_done()
    {
        await DeclareAsync();
        var heard = new Heard();
        using (await _executor.ExecuteAsync(Long, progress: heard, cancellationToken: Token))
        {
            AssertRising(heard);
            Assert.Equal(1, heard.Reports[^1].Fraction);
            Assert.Contains(heard.Reports, report => report.Fraction is > 0 and < 1);
        }
    }

    [Fact]
    public async Task A_quick_query_says_once_that_it_is_done()
    {
        var heard = new Heard();
        using var answer = await _executor.ExecuteAsync("SELECT 1 AS one", progress: heard, cancellationToken: Token);
        AssertRising(heard);
        Assert.Single(heard.Reports, report => report.Fraction == 1);
    }

    [Fact]
    public async Task A_stream_is_done_when_its_last_batch_was_taken()
    {
        var heard = new Heard();
        await foreach (var batch in _executor.StreamAsync("SELECT range AS i FROM range(200000)", progress: heard, cancellationToken: Token))
        {
            batch.Dispose();
            Assert.DoesNotContain(heard.Reports, report => report.Fraction == 1);
        }

        Assert.Equal(1, heard.Reports[^1].Fraction);
    }

    [Fact]
    public async Task What_fails_or_is_left_early_is_never_done()
    {
        var heard = new Heard();
        await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync("SELECT CAST(i || 'x' AS INT) FROM range(9) AS r(i)", progress: heard, cancellationToken: Token));
        await foreach (var batch in _executor.StreamAsync("SELECT range AS i FROM range(2000000)", progress: heard, cancellationToken: Token))
        {
            batch.Dispose();
            break;
        }

        Assert.DoesNotContain(heard.Reports, report => report.Fraction == 1);
    }

    [Fact]
    public async Task A_listener_that_fails_stops_the_query()
    {
        await DeclareAsync();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _executor.ExecuteAsync(
            "SELECT sum(hash(a.range + b.range)::DOUBLE) AS s FROM range(10000000) a, range(10000000) b", progress: new Failing(), cancellationToken: Token));
        Assert.Equal("nobody listens", error.Message);
        using var after = await _executor.ExecuteAsync("SELECT 1 AS one", cancellationToken: Token);
        Assert.Equal(1, after.GetColumn<int>("one").Single());
    }

    [Fact]
    public async Task Nothing_else_can_be_set()
    {
        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync("SET enable_progress_bar = true", cancellationToken: Token));
        Assert.Contains("no query", error.Message, StringComparison.Ordinal);
    }

    private static void AssertRising(Heard heard)
    {
        Assert.Equal(heard.Reports.Select(report => report.Elapsed).Order(), heard.Reports.Select(report => report.Elapsed));
        Assert.Equal(heard.Reports.Select(report => report.Fraction ?? 0).Order(), heard.Reports.Select(report => report.Fraction ?? 0));
    }

    private async Task DeclareAsync()
    {
        using var rows = FeatureTable.FromColumns(("i", Enumerable.Range(0, 3_000_000).ToArray()));
        await _executor.DeclareTableAsync("long_table", rows, Token);
    }

    private sealed class Heard : IProgress<QueryProgress>
    {
        public List<QueryProgress> Reports { get; } = [];

        public void Report(QueryProgress value) => Reports.Add(value);
    }

    private sealed class Failing : IProgress<QueryProgress>
    {
        public void Report(QueryProgress value) => throw new InvalidOperationException("nobody listens");
    }
}
