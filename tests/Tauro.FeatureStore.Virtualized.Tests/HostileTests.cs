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
        "SELECT user_id, 1 AS age FROM silver\uff0eusers", "\uff33ELECT user_id, 1 AS age FROM silver.users", "SELECT user_id, 1 AS age FROM silver.users\u037e DROP TABLE silver.users",
        "SELECT user_id, 1 AS age FROM silver.users \u2014\u2014 ; DROP TABLE silver.users", "SELECT 1 AS user_id, 1 AS age; COPY (SELECT 1) TO 'out.csv'", "FROM silver.users SELECT user_id, 1 AS age; VACUUM",
        "WITH gone AS (DELETE FROM silver.users RETURNING user_id) SELECT user_id, 1 AS age FROM gone", "DETACH memory", "USE memory", "BEGIN", "CHECKPOINT", "PREPARE p AS SELECT 1", "EXECUTE p",
        "CREATE MACRO f() AS 1", "CREATE SECRET (TYPE s3)", "IMPORT DATABASE 'out'", "RESET memory_limit", "SET VARIABLE x = 1", "ALTER TABLE silver.users DROP region", "TRUNCATE silver.users",
        "SELECT user_id, 1 AS age FROM read_blob('/etc/passwd')", "SELECT user_id, 1 AS age FROM read_json('/etc/passwd')", "SELECT user_id, 1 AS age FROM parquet_metadata('/etc/passwd')",
        "SELECT user_id, 1 AS age FROM sniff_csv('/etc/passwd')", "SELECT user_id, 1 AS age FROM read_csv('silver/../../../../../../../../etc/passwd')",
        "SELECT user_id, 1 AS age FROM query('DROP TABLE silver.users')", "SELECT user_id, 1 AS age FROM query('SELECT * FROM ''/etc/passwd''')", "SELECT user_id, 1 AS age FROM query_table('/etc/passwd')",
        "SELECT user_id, 1 AS age FROM silver.users\0; DROP TABLE silver.users", "$as_of; DROP TABLE silver.users",
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
    public async Task A_very_long_query_is_a_query_and_a_very_long_attack_is_refused()
    {
        await RegisterAsync(new FeatureSchema("age", DataType.Int));
        var comment = $"/* {new string('x', 1 << 20)} ; */";
        await DefineAsync("age", $"SELECT user_id, {string.Join(" + ", Enumerable.Repeat("1", 500))} AS age FROM silver.users {comment}");

        using var answer = await LatestAsync("age");
        await Assert.ThrowsAnyAsync<FeatureStoreException>(() => DefineAsync("age", $"SELECT user_id, 1 AS age FROM silver.users {comment}; DROP TABLE silver.users"));

        Assert.Equal([500, 500, null, 500], answer.GetColumn<int?>("age"));
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
        var (threads, files) = Resources();
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
        var (threadsAfter, filesAfter) = Resources();
        Assert.True(threadsAfter < threads + 20, $"{threadsAfter} threads, and {threads} before.");
        Assert.True(filesAfter < files + 20, $"{filesAfter} open files and connections, and {files} before.");
    }

    /// <summary>The threads of this process, and its open files and connections where the system tells.</summary>
    private static (int Threads, int Files) Resources()
    {
        using var process = Process.GetCurrentProcess();
        return (process.Threads.Count, Directory.Exists("/proc/self/fd") ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : 0);
    }
}
