using Tauro.FeatureStore.Engines.Spark;

namespace Tauro.FeatureStore.Spark.Tests;

public sealed class SqlTextTests
{
    [Theory]
    [InlineData("SELECT $a", "SELECT CAST('1' AS INT)")]
    [InlineData("SELECT '$a', \"$a\", `$a`, $a", "SELECT '$a', \"$a\", `$a`, CAST('1' AS INT)")]
    [InlineData("SELECT '\\'$a', $a", "SELECT '\\'$a', CAST('1' AS INT)")]
    [InlineData("SELECT r'\\', $a, R\"\\\", bar'\\'' ", "SELECT r'\\', CAST('1' AS INT), R\"\\\", bar'\\'' ")]
    [InlineData("SELECT $a -- $b ' ;\n", "SELECT CAST('1' AS INT) -- $b ' ;\n")]
    [InlineData("SELECT /* $b /* ' */ ; */ $a", "SELECT /* $b /* ' */ ; */ CAST('1' AS INT)")]
    [InlineData("SELECT /*+ COALESCE($a) */ 1", "SELECT /*+ COALESCE(CAST('1' AS INT)) */ 1")]
    [InlineData("SELECT $t$ $b ' $t$, $a", "SELECT $t$ $b ' $t$, CAST('1' AS INT)")]
    [InlineData("SELECT $a;", "SELECT CAST('1' AS INT)")]
    [InlineData("SELECT $a; -- the end\n ;", "SELECT CAST('1' AS INT) -- the end\n ")]
    public void Puts_literals_in_place_of_parameters_alone(string sql, string expected) => Assert.Equal(expected, SparkSqlText.Bind(sql, Values()));

    [Theory]
    [InlineData("SELECT $a; SELECT 2", "more than one statement", 12)]
    [InlineData("SELECT $a, $b", "'$b'", 12)]
    [InlineData("SELECT 1", "'$a'", null)]
    [InlineData("SELECT $a, 'x", "does not end", 12)]
    [InlineData("SELECT $a /* x", "does not end", 11)]
    [InlineData("SELECT $a, `x", "does not end", 12)]
    [InlineData("SELECT $a, $", "no name", 12)]
    public void Refuses_what_is_no_single_statement(string sql, string expected, int? column)
    {
        var failure = Assert.Throws<VirtualizationQueryException>(() => SparkSqlText.Bind(sql, Values()));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Equal(column is { } at ? new SqlPosition(1, at) : null, failure.Position);
    }

    [Fact]
    public void Conceals_values_in_what_is_said_about_a_query()
    {
        var values = new SqlValues(new Dictionary<string, object?> { ["a"] = "secret'", ["n"] = 123456, ["list"] = new[] { "hidden" } });

        var said = values.Conceal($"cannot cast secret' and 123456 or hidden, '2024-01-01' or 'secret\\'' in {SparkLiteral.Of("secret'")}");

        Assert.Equal("cannot cast $a and $n or $list, '...' or '...' in $a", said);
    }

    private static SqlValues Values() => new(new Dictionary<string, object?> { ["a"] = 1 });
}
