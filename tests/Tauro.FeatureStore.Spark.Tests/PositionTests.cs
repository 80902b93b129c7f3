namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>An error says where it is in the caller's own text, however that text was sent.</summary>
public sealed class PositionTests(SparkServer server)
{
    private static readonly Dictionary<string, object?> Values = new() { ["a"] = "a 'text' that is longer than its name", ["n"] = 7 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Each text has a mark, which is left out, before what is wrong.</summary>
    public static TheoryData<string> Wrong =>
    [
        "^SELEC 1",
        "SELECT 1 AS a,\n  2 AS b\n^FRM t",
        "SELECT ^nothing FROM range(1)",
        "SELECT id,\n\n  ^nothing\nFROM range(1)",
        "SELECT 1 AS `日本 😀`, ^nothing FROM range(1)",
        "SELECT *\nFROM ^no_such_table",
        "SELECT 1,\n  ^CAST('x' AS INT)",
        "SELECT 1 AS `😀`,\n  '😀', ^id / 0 FROM range(1) -- the end",
    ];

    public static TheoryData<string> WrongWithValues =>
    [
        "SELECT $a AS a, $n AS n, ^nothing FROM range(1)",
        "SELECT $a AS a,\n $n AS n, ^id / 0 FROM range(1)",
        "SELECT $a AS a, $n AS n\n^FRM t",
        "SELECT $n AS n, ^CAST($a AS INT)",
        "SELECT $n AS n, 1 ^$a",
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task A_query_is_pointed_into(string marked) => CheckAsync(marked, values: null);

    [Theory]
    [MemberData(nameof(WrongWithValues))]
    public Task A_query_with_values_is_pointed_into(string marked) => CheckAsync(marked, Values);

    [Theory]
    [InlineData("SELECT 1 AS a,\n  2 AS b\n^FRM t")]
    [InlineData("SELECT 1 AS a,\n  ^nothing\nFROM range(1)")]
    public async Task A_query_that_is_only_described_is_pointed_into(string marked)
    {
        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => server.SharedExecutor.DescribeAsync(Unmark(marked), cancellationToken: Cancel));

        Assert.Equal(Marked(marked), failure.Position);
    }

    [Theory]
    [InlineData("SELECT 1L AS user_id, TIMESTAMP '2024-01-01 00:00:00Z' AS event_time,\n  ^nothing AS spent")]
    [InlineData("SELECT id + 1 AS user_id, $as_of AS event_time,\n  ^CAST(uuid() AS DOUBLE) AS spent\nFROM range(1) WHERE $as_of IS NOT NULL;")]
    [InlineData("SELECT id + 1 AS user_id, $as_of AS event_time,\n  ^nothing AS spent\nFROM range(1) WHERE $as_of IS NOT NULL;")]
    [InlineData("SELECT id + 1 AS user_id, $as_of AS event_time,\n  id AS spent\nFROM range(1) WHERE ^array(1)[id + 7] = 1 AND $as_of IS NOT NULL;")]
    public async Task A_query_within_a_plan_is_pointed_into(string marked)
    {
        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => RunAsync(Unmark(marked), new PlanColumn("spent", DataType.Double)));

        Assert.Equal(Marked(marked), failure.Position);
    }

    [Fact]
    public async Task What_is_wrong_outside_of_the_callers_text_has_no_place()
    {
        const string Sql = "SELECT id + 1 AS user_id, $as_of AS event_time, 3000000000L AS spent FROM range(1)";

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => RunAsync(Sql, new PlanColumn("spent", DataType.Int)));

        Assert.Contains("does not fit into INT", failure.Message, StringComparison.Ordinal);
        Assert.Null(failure.Position);
    }

    private static SqlPosition Marked(string marked)
    {
        var before = marked[..marked.IndexOf('^', StringComparison.Ordinal)].Split('\n');
        return new SqlPosition(before.Length, before[^1].Length + 1);
    }

    private static string Unmark(string marked) => marked.Replace("^", "", StringComparison.Ordinal);

    private async Task RunAsync(string sql, PlanColumn output)
    {
        using var spine = FeatureTable.FromColumns(("k", new long[] { 1, 1 }), ("t", new[] { DateTimeOffset.UnixEpoch.AddDays(20_000), DateTimeOffset.UnixEpoch.AddDays(20_001) }));
        var plan = new AsOfPlan
        {
            Spine = spine,
            TimeColumn = "t",
            Reads =
            [
                new AsOfRead
                {
                    Rows = new SourceRows(new SqlSource(sql, new Dictionary<string, object?>(), sql.Contains("$as_of", StringComparison.Ordinal)), new PlanColumn("event_time", DataType.Timestamp), null),
                    Keys = [new KeyMatch("k", new PlanColumn("user_id", DataType.BigInt), DataType.BigInt)],
                    Outputs = [new PlanOutput(output, output.Name)],
                    Visibility = new VisibilityRule(0, null, true, false),
                },
            ],
        };
        await foreach (var batch in server.SharedExecutor.RunAsync(plan, Cancel)) batch.Dispose();
    }

    private async Task CheckAsync(string marked, Dictionary<string, object?>? values)
    {
        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => server.SharedExecutor.ExecuteAsync(Unmark(marked), values, cancellationToken: Cancel));

        var expected = Marked(marked);
        Assert.Equal(expected, failure.Position);
        Assert.Contains($"It is at {expected} of the query.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pos ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("longer", failure.ToString(), StringComparison.Ordinal);
    }
}
