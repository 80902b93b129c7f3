using System.Diagnostics;

namespace Tauro.FeatureStore.Tests;

/// <summary>Text that tries to be more than a query, and queries that never end.</summary>
public sealed class HostileTests : ShopFixture
{
    public static TheoryData<string> Corpus =>
    [
        "DROP TABLE silver.users", "SELECT user_id, 1 AS age FROM silver.users; DROP TABLE silver.users", "SELECT 1) AS x; DROP TABLE silver.users; --",
        "SELECT user_id, 1 AS age FROM silver.users) UNION ALL (SELECT 1, 1", "COPY silver.users TO 'out.csv'", "COPY (SELECT 1) TO 'out.csv'", "ATTACH 'other.db' AS other",
        "INSTALL httpfs", "LOAD httpfs", "PRAGMA database_list", "SET memory_limit = '1GB'", "CREATE TABLE t AS SELECT 1", "EXPORT DATABASE 'out'", "CALL pragma_version()",
        "DELETE FROM silver.users", "UPDATE silver.users SET region = ''", "INSERT INTO silver.users SELECT * FROM silver.users", "EXPLAIN SELECT 1", "VACUUM",
        "SELECT user_id, 1 AS age FROM read_csv('/etc/passwd')", "SELECT 1 AS user_id, length(content) AS age FROM read_text('/etc/passwd')", "SELECT user_id, 1 AS age FROM '/etc/passwd'",
        "SELECT user_id, 1 AS age FROM read_parquet('https://example.com/a.parquet')", "SELECT user_id, 1 AS age FROM glob('/etc/*')", "/* never closed", "SELECT 'never closed",
        "SELECT $tag$never closed", ";", "--", "SELECT user_id, 1 AS age FROM silver.users ; DROP TABLE silver.users", "SELECT user_id, 1 AS age FROM silver.users\uff1b DROP TABLE silver.users",
        "SELECT user_id, 1 AS age FROM silver.users WHERE region = \u2019x\u2019",
    ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task What_is_no_query_over_declared_sources_is_refused_and_changes_nothing(string sql)
    {
        await RegisterAsync(new FeatureSchema("age", DataType.Int));

        await Assert.ThrowsAnyAsync<FeatureStoreException>(() => DefineAsync("age", sql));

        Assert.Empty(Store.Metadata.GetVirtualDefinitions("user_features"));
        using var users = await Executor.ExecuteAsync("SELECT count(*) AS n, count(region) AS r FROM silver.users", cancellationToken: Cancel);
        Assert.Equal([3L], users.GetColumn<long>("n"));
        Assert.Equal([2L], users.GetColumn<long>("r"));
        Assert.False(File.Exists("out.csv") || Directory.Exists("out"));
    }

    [Fact]
    public async Task Marks_within_texts_comments_and_names_are_none()
    {
        await RegisterAsync(new FeatureSchema("note", DataType.String));
        await DefineAsync("note", """
            SELECT user_id, 'a;b -- $as_of '' ''' || $$;$as_of$$ AS note /* ; $as_of /* ) */ */ FROM silver.users -- ; $as_of )
            """);

        using var answer = await LatestAsync("note");

        Assert.Equal("a;b -- $as_of ' ';$as_of", answer.GetColumn<string?>("note")[0]);
    }

    [Fact]
    public async Task A_hostile_value_is_only_a_value_and_no_error_shows_it()
    {
        const string Value = "x'; DROP TABLE silver.users; --";
        await RegisterAsync(new FeatureSchema("age", DataType.Int));
        await Store.DefineVirtualFeaturesAsync("user_features", [new VirtualFeatureDefinition("SELECT user_id, CAST($value AS INT) AS age FROM silver.users", "age")
        {
            Parameters = new Dictionary<string, object?> { ["value"] = Value },
        }], Cancel);

        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => LatestAsync("age"));

        Assert.DoesNotContain("DROP TABLE", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_cancelled_queries_stop_at_once_and_leave_nothing_behind()
    {
        await RegisterAsync(new FeatureSchema("age", DataType.BigInt));
        await DefineAsync("age", "SELECT a.range % 3 AS user_id, sum(a.range + b.range) AS age FROM range(10000000) a, range(10000000) b GROUP BY ALL");
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 100; i++)
        {
            using var stop = new CancellationTokenSource();
            var reading = Store.GetFeaturesAsync(["age"], Table(("user_id", new long[] { 1 })), cancellationToken: stop.Token);
            await Task.Delay(20, Cancel);
            var started = Stopwatch.GetTimestamp();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
            if (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed > slowest) slowest = elapsed;
        }

        Assert.True(slowest < TimeSpan.FromSeconds(1), $"The slowest took {slowest}.");
        using var left = await Executor.ExecuteAsync("SELECT count(*) AS n FROM duckdb_tables() WHERE temporary", cancellationToken: Cancel);
        Assert.Equal([0L], left.GetColumn<long>("n"));
    }
}
