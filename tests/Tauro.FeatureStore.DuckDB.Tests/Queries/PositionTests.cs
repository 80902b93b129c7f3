namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>An error says where in the caller's own text the fault is.</summary>
public sealed class PositionTests : IAsyncDisposable
{
    private readonly DuckDBQueryExecutor _executor = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Queries in which the fault is marked with ^ in front of it.</summary>
    public static TheoryData<string> Faults =>
    [
        "SELECT ^frm",
        "  \n -- a comment: é\nSELECT\n  ^idd FROM users;",
        "SELECT FROM ^WHERE",
        "SELECT 1 ^2",
        "SELECT (1^",
        "SELECT * FROM ^usrs",
        "SELECT 'ééé', ^idd FROM users",
        "SELECT '😀' AS a, ^idd FROM users",
        "SELECT 1 AS 😀 ^2",
        "SELECT id ^+ name FROM users",
        "SELECT ^nofunc(1)",
        "WITH a AS (\r\n  SELECT ^idd FROM users\r\n) SELECT * FROM a",
        "SELECT id FROM users WHERE name = ^'it''s",
        "SELECT CAST(1 AS ^FOO)",
        "SELECT id FROM users ORDER BY\n\n^foo",
        "SELECT * FROM ^read_csv('/no/such/folder/file.csv')",
    ];

    public ValueTask DisposeAsync() => _executor.DisposeAsync();

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Faults_are_where_they_stand(string marked)
    {
        await DeclareAsync();
        var (sql, position) = Marked(marked);
        var parameters = new Dictionary<string, object?> { ["unused"] = 1 };
        Task<VirtualizationQueryException>[] errors =
        [
            Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync(sql, parameters, cancellationToken: Token)),
            Assert.ThrowsAsync<VirtualizationQueryException>(() => ReadAsync(sql)),
            Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.DescribeAsync(sql, parameters, Token)),
            Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.GetExecutionPlanAsync(sql, parameters, Token)),
            Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.FindTablesAsync(sql, Token)),
        ];
        foreach (var error in await Task.WhenAll(errors))
        {
            Assert.Equal(position, error.Position);
            Assert.Contains($"of {position}:", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("exception_message", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_value_that_cannot_be_converted_is_where_the_cast_stands()
    {
        await DeclareAsync();
        var (sql, position) = Marked("SELECT id,\n  ^CAST(name AS INT) AS n FROM users");
        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync(sql, cancellationToken: Token));
        Assert.Equal(position, error.Position);
        Assert.StartsWith("DuckDB could not run the query", error.Message, StringComparison.Ordinal);
        Assert.Contains("Conversion Error", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT error('{\"exception_message\": \"boom\"')")]
    [InlineData("SELECT 9223372036854775807 + range FROM range(3)")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("DROP TABLE users")]
    [InlineData("SELECT 1 AS a UNION SELECT 1, 2")]
    [InlineData("SELECT 1 AS\u00a0a, idd")]
    public async Task What_DuckDB_gives_no_place_for_has_none(string sql)
    {
        await DeclareAsync();
        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync(sql, cancellationToken: Token));
        Assert.Null(error.Position);
        Assert.Contains("It said: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plans_name_the_place_in_the_query_that_they_nest()
    {
        await DeclareAsync();
        using var facts = new Facts();
        foreach (var marked in (string[])["SELECT\n ^idd AS k, 1 AS id FROM users", "SELECT id AS k, ^CAST(name AS INT) AS id,\n TIMESTAMP '2024-01-01' AS happened FROM users; -- the end"])
        {
            var (sql, position) = Marked(marked);
            foreach (var time in (PlanColumn?[])[null, Reads.Happened])
            {
                var rows = new SourceRows(new SqlSource(sql, new Dictionary<string, object?>()), time, null);
                var key = new KeyMatch("key", new PlanColumn("k", DataType.BigInt), DataType.BigInt);
                var plan = Reads.Plan(facts.Spine([new Wanted(1, 5)]), Reads.Of(rows) with { Keys = [key] }, Reads.Of(rows, suffix: "2") with { Keys = [key] });
                var single = Reads.Plan(facts.Spine([new Wanted(1, 5)]), Reads.Of(rows) with { Keys = [key] });
                foreach (var each in (RetrievalPlan[])[plan, single])
                {
                    var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.IdsAsync(each));
                    Assert.True(position == error.Position, $"{position} in {error.Message}");
                }
            }
        }
    }

    [Fact]
    public async Task What_is_not_the_callers_text_has_no_place()
    {
        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync("SELECT $a AS a", cancellationToken: Token));
        Assert.Null(error.Position);
    }

    private static (string Sql, SqlPosition Position) Marked(string marked)
    {
        var index = marked.IndexOf('^', StringComparison.Ordinal);
        var lines = marked[..index].Split('\n');
        return (marked.Remove(index, 1), new SqlPosition(lines.Length, lines[^1].Length + 1));
    }

    private async Task ReadAsync(string sql)
    {
        await foreach (var batch in _executor.StreamAsync(sql, cancellationToken: Token)) batch.Dispose();
    }

    private async Task DeclareAsync()
    {
        using var users = FeatureTable.FromColumns(("id", new[] { 1, 2 }), ("name", new[] { "é", "b" }));
        await _executor.DeclareTableAsync("users", users, Token);
    }
}
