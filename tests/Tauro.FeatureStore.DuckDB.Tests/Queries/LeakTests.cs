namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>What DuckDB says of values is told without them, in whatever form it renders them.</summary>
public sealed class LeakTests : IAsyncDisposable
{
    private readonly DuckDBQueryExecutor _executor = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _executor.DisposeAsync();

    [Fact]
    public async Task Values_of_parameters_stand_in_no_error()
    {
        (object Value, string[] Traces)[] secrets =
        [
            ("it's \"quoted\" (s3cret) [x] {y}", ["quoted", "s3cret", "it's"]), (4711.50m, ["4711"]), (new DateOnly(1987, 6, 5), ["1987", "06-05"]), (4.7e21, ["4.7", "47000"]), (123456789012L, ["123456789012", "1234"]),
            (new DateTimeOffset(1987, 6, 5, 4, 3, 2, TimeSpan.Zero), ["1987"]), (new[] { 4711, 815 }, ["4711", "815"]), (new Dictionary<string, int> { ["pin"] = 4711 }, ["pin", "4711"]),
            (new Dictionary<string, object?> { ["pin"] = "4711 abc" }, ["4711", "abc"]), (-4711.25f, ["4711"]),
        ];
        string[] uses =
        [
            "CAST(CAST($secret AS VARCHAR) || '~' AS INT)", "CAST($secret AS VARCHAR)::DATE + 1 > DATE '2000-01-01'", "CAST(upper(CAST($secret AS VARCHAR)) AS TIMESTAMP)", "CAST($secret AS UTINYINT)",
            "CAST($secret AS DECIMAL(3,2))", "strptime(CAST($secret AS VARCHAR), '%Y')", "CAST(i || CAST($secret AS VARCHAR) || '~' AS BOOLEAN)", "CAST(CAST($secret AS VARCHAR) || ' ~' AS UUID)",
            "$secret + 9223372036854775807", "CAST(CAST($secret AS VARCHAR) AS INT[])", "json_extract(CAST($secret AS VARCHAR) || '~', '$.a')", "regexp_matches('a', CAST($secret AS VARCHAR) || '(')",
        ];
        var failed = 0;
        foreach (var (value, traces) in secrets)
            foreach (var use in uses)
            {
                try
                {
                    (await _executor.ExecuteAsync($"SELECT {use} AS v FROM range(3) AS r(i)", new Dictionary<string, object?> { ["secret"] = value }, cancellationToken: Token)).Dispose();
                }
                catch (VirtualizationQueryException error)
                {
                    failed++;
                    var said = error.ToString()[error.ToString().IndexOf("It said", StringComparison.Ordinal)..];
                    Assert.All(traces, trace => Assert.False(said.Contains(trace, StringComparison.OrdinalIgnoreCase), $"'{trace}' in: {said}"));
                }
            }

        Assert.InRange(failed, 60, secrets.Length * uses.Length);
    }

    [Theory]
    [InlineData("SELECT CAST(name AS INT) AS n FROM (VALUES ('s3cret name')) AS t(name)", "Could not convert string ? to INT32")]
    [InlineData("SELECT 9223372036854775807 + i AS n FROM range(1, 3) AS r(i)", "Overflow in addition of INT64 ?")]
    [InlineData("SELECT CAST('x' || i || '1987' AS DATE) AS d FROM range(1, 3) AS r(i)", "invalid date field format")]
    public async Task Values_of_rows_stand_in_no_error_and_what_went_wrong_does(string sql, string expected)
    {
        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync(sql, cancellationToken: Token));
        var said = error.Message[error.Message.IndexOf("It said", StringComparison.Ordinal)..];
        Assert.Contains(expected, said, StringComparison.Ordinal);
        foreach (var value in (string[])["s3cret", "9223372036854775807", "1987"]) Assert.DoesNotContain(value, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_the_query_itself_writes_is_told()
    {
        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync("SELECT error('it''s \"wrong\" 7 times')", cancellationToken: Token));
        Assert.Contains("it's \"wrong\" 7 times", error.Message, StringComparison.Ordinal);
    }
}
