using Apache.Arrow.Types;

namespace Tauro.FeatureStore.DuckDB.Tests;

public sealed class QueryTests : IAsyncDisposable
{
    private readonly DuckDBQueryExecutor _executor = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _executor.DisposeAsync();

    [Theory]
    [InlineData("SELECT user_id, age FROM silver.users")]
    [InlineData("SELECT u.user_id, max(u.age) AS oldest FROM silver.users AS u WHERE u.age > $least GROUP BY ALL")]
    [InlineData("WITH adults AS (SELECT * FROM silver.users WHERE age > 17) SELECT a.user_id, b.n FROM adults a JOIN (SELECT user_id, count(*) AS n FROM silver.users GROUP BY user_id) b USING (user_id)")]
    public async Task A_query_names_its_tables_whatever_they_are(string sql)
    {
        var file = Path.Combine(Path.GetTempPath(), $"tauro-{Guid.NewGuid():n}.csv");
        await File.WriteAllTextAsync(file, "user_id,age\n1,30\n", Token);
        using var rows = FeatureTable.FromColumns(("user_id", new[] { 1L }), ("age", new[] { 30L }));
        try
        {
            foreach (var source in new[] { DuckDBSource.Csv(file), DuckDBSource.Table(rows) })
            {
                await using var executor = new DuckDBQueryExecutor(new FeatureStoreContext(Path.GetTempPath()), new DuckDBOptions { Sources = new Dictionary<string, DuckDBSource> { ["silver.users"] = source } });
                Assert.Equal(["silver.users"], await executor.FindTablesAsync(sql.Replace("$least", "17", StringComparison.Ordinal), Token));
                if (sql.Contains("$least", StringComparison.Ordinal)) Assert.Equal(["silver.users"], await executor.FindTablesAsync(sql, Token));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Parameters_are_bound_with_their_own_types()
    {
        var instant = new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.FromHours(2)).AddTicks(19);
        (object? Value, string Type, object? Back)[] cases =
        [
            (1, "INTEGER", 1), (2L, "BIGINT", 2L), (0.5f, "FLOAT", 0.5f), (0.1, "DOUBLE", 0.1), (-1.10m, "DECIMAL(3,2)", -1.10m), (decimal.MaxValue, "DECIMAL(29,0)", null),
            (0.00m, "DECIMAL(2,2)", 0.00m), ("it's -- 😀\0", "VARCHAR", "it's -- 😀\0"), ("", "VARCHAR", ""), (true, "BOOLEAN", true),
            (instant, "TIMESTAMP WITH TIME ZONE", new DateTimeOffset(2024, 5, 1, 10, 0, 0, TimeSpan.Zero).AddTicks(10)),
            (new DateTime(2024, 5, 1, 10, 0, 0, DateTimeKind.Unspecified), "TIMESTAMP", new DateTimeOffset(2024, 5, 1, 10, 0, 0, TimeSpan.Zero)),
            (DateTime.MinValue, "TIMESTAMP", DateTimeOffset.MinValue), (new DateOnly(1, 1, 1), "DATE", new DateOnly(1, 1, 1)), (DateOnly.MaxValue, "DATE", DateOnly.MaxValue),
            (new[] { 1, 2 }, "INTEGER[]", new int?[] { 1, 2 }), (new List<string> { "a" }, "VARCHAR[]", new[] { "a" }), (Array.Empty<double>(), "DOUBLE[]", Array.Empty<double?>()),
            (new int?[] { 1, null }, "INTEGER[]", new int?[] { 1, null }), (new[] { 1.5m, 2.25m }, "DECIMAL(3,2)[]", null),
        ];
        foreach (var (value, type, back) in cases)
        {
            using var table = await _executor.ExecuteAsync("SELECT typeof($value) AS type, $value AS value", new Dictionary<string, object?> { ["value"] = value }, cancellationToken: Token);
            Assert.Equal(type, table.GetColumn<string>("type").Single());
            if (back is not null) Assert.Equal(back, table.ToDictionary()["value"].GetValue(0));
        }

        using var nothing = await _executor.ExecuteAsync("SELECT $VALUE IS NULL AS value", new Dictionary<string, object?> { ["value"] = null, ["unused"] = 1 }, cancellationToken: Token);
        Assert.True(nothing.GetColumn<bool>("value").Single());
    }

    [Fact]
    public async Task A_value_never_becomes_SQL()
    {
        using var table = await _executor.ExecuteAsync(
            "SELECT count(*) AS matches FROM (VALUES ('u1'), ('u2')) AS users(id) WHERE id = $id", new Dictionary<string, object?> { ["id"] = "x' OR '1'='1" }, cancellationToken: Token);
        Assert.Equal(0, table.GetColumn<long>("matches").Single());
    }

    [Fact]
    public async Task Missing_and_unknown_parameters_are_named()
    {
        var missing = await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync("SELECT $b", new Dictionary<string, object?> { ["a"] = 1 }, cancellationToken: Token));
        Assert.Contains("$b", missing.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => _executor.ExecuteAsync("SELECT $a", new Dictionary<string, object?> { ["a"] = new Uri("http://a") }, cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentException>(() => _executor.ExecuteAsync("SELECT $a", new Dictionary<string, object?> { ["a"] = "\ud800" }, cancellationToken: Token));
    }

    [Fact]
    public async Task An_error_shows_the_query_and_no_value()
    {
        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() =>
            _executor.ExecuteAsync("SELECT CAST($secret AS INTEGER) AS number", new Dictionary<string, object?> { ["secret"] = "p4ssword" }, cancellationToken: Token));
        Assert.Contains("CAST($secret AS INTEGER)", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("INT32", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("p4ssword", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT $n + 1 AS a, 'x' AS b, range(3) AS c FROM range($n)")]
    [InlineData("SELECT 41 AS a, 'x' AS b, range(3) AS c;")]
    public async Task Columns_are_found_without_running(string sql)
    {
        var schema = await _executor.DescribeAsync(sql, new Dictionary<string, object?> { ["n"] = 40L }, Token);
        Assert.Equal(["a", "b", "c"], schema.FieldsList.Select(field => field.Name));
        Assert.IsType<StringType>(schema.GetFieldByName("b").DataType);
        Assert.IsType<ListType>(schema.GetFieldByName("c").DataType);
        await _executor.DescribeAsync("SELECT sum(a.range * b.range) AS s FROM range(10000000) a, range(10000000) b", cancellationToken: Token).WaitAsync(TimeSpan.FromSeconds(10), Token);
        await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.DescribeAsync("SELECT nothing", cancellationToken: Token));
    }

    [Fact]
    public async Task A_timestamp_without_a_zone_is_in_UTC_and_wide_numbers_stay_wide()
    {
        using var table = await _executor.ExecuteAsync("""
            SELECT TIMESTAMP '2024-03-31 02:30:00' AS plain, TIMESTAMPTZ '2024-03-31 02:30:00' AS zoned, current_setting('TimeZone') AS zone,
              sum(1::BIGINT) AS wide, sum(1.10::DECIMAL(10,2)) AS exact, [TIMESTAMP '2024-01-01'] AS list
            """, cancellationToken: Token);
        var expected = new DateTimeOffset(2024, 3, 31, 2, 30, 0, TimeSpan.Zero);
        Assert.Equal([expected], table.GetColumn<DateTimeOffset>("plain"));
        Assert.Equal([expected], table.GetColumn<DateTimeOffset>("zoned"));
        Assert.Equal(["UTC"], table.GetColumn<string>("zone"));
        Assert.Equal(38, Assert.IsType<Decimal128Type>(table.Schema.GetFieldByName("exact").DataType).Precision);
        Assert.Equal(38, Assert.IsType<Decimal128Type>(table.Schema.GetFieldByName("wide").DataType).Precision);
        Assert.Equal(DataType.Array(DataType.Timestamp), table.GetColumnType("list"));
    }

    [Fact]
    public async Task Many_rows_come_in_big_batches()
    {
        using var table = await _executor.ExecuteAsync("SELECT i, CASE WHEN i % 3 = 0 THEN 's' || i END AS s, i % 2 = 0 AS b FROM range(300000) t(i)", cancellationToken: Token);
        Assert.InRange(table.Batches.Count, 1, 6);
        Assert.Equal(Enumerable.Range(0, 300_000).Select(i => (long)i), table.GetColumn<long>("i"));
        Assert.Equal(Enumerable.Range(0, 300_000).Select(i => i % 3 == 0 ? $"s{i}" : null), table.GetColumn<string?>("s"));
        Assert.Equal(Enumerable.Range(0, 300_000).Select(i => i % 2 == 0), table.GetColumn<bool>("b"));
    }

    [Theory]
    [InlineData("i::HUGEINT")]
    [InlineData("CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END::ENUM('a', 'b')")]
    [InlineData("[CASE WHEN i % 2 = 0 THEN 'a' END::ENUM('a', 'b')]")]
    [InlineData("uuid()")]
    [InlineData("INTERVAL (i) DAY")]
    [InlineData("TIME '10:00'")]
    [InlineData("('x' || i)::BLOB")]
    [InlineData("[i, NULL]::INTEGER[2]")]
    [InlineData("{'a': i, 'b': [i]}")]
    [InlineData("MAP {i: 'x'}")]
    [InlineData("NULL")]
    [InlineData("i::UTINYINT")]
    [InlineData("make_timestamp_ns(i)")]
    public async Task Types_that_no_data_type_holds_are_handed_on(string expression)
    {
        var guarded = expression.Replace("i::UTINYINT", "(i % 200)::UTINYINT", StringComparison.Ordinal);
        using var table = await _executor.ExecuteAsync($"SELECT {guarded} AS value FROM range(9000) t(i)", cancellationToken: Token);
        Assert.Equal(9000, table.RowCount);
        var schema = await _executor.DescribeAsync($"SELECT {guarded} AS value FROM range(9000) t(i)", cancellationToken: Token);
        Assert.Equal(table.Schema.GetFieldByIndex(0).DataType.TypeId, schema.GetFieldByIndex(0).DataType.TypeId);
    }

    [Fact]
    public async Task Health_says_what_runs()
    {
        await using var executor = new DuckDBQueryExecutor(new FeatureStoreContext("store"), new DuckDBOptions { Threads = 3, MemoryLimit = "512 MiB" });
        var report = await executor.CheckHealthAsync(Token);
        Assert.True(report.IsHealthy);
        Assert.All(report.Checks, check => Assert.Contains("3 threads, 512.0 MiB", check.Description, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disposed_executor_says_so()
    {
        await _executor.DisposeAsync();
        await _executor.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _executor.ExecuteAsync("SELECT 1", cancellationToken: Token));
    }

    [Theory]
    [InlineData("4GB", "4GB")]
    [InlineData(" 512 MiB ", "512MiB")]
    [InlineData("1000000", "1000000B")]
    [InlineData("50%", "50%")]
    public void A_memory_limit_is_read(string text, string limit) => Assert.Equal(limit, new DuckDBOptions { MemoryLimit = text }.MemoryLimit);

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        foreach (var text in (string[])["", "much", "0GB", "-1GB", "4 PB", "4GB; SET x"]) Assert.Throws<ArgumentException>(() => new DuckDBOptions { MemoryLimit = text });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DuckDBOptions { Threads = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DuckDBOptions { QueryTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentException>(() => new DuckDBOptions { TempDirectory = " " });
        Assert.Throws<ArgumentException>(() => new DuckDBOptions { AllowedPaths = [""] });
    }
}
