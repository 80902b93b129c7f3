namespace Tauro.FeatureStore.Spark.Tests;

public sealed class ExecuteTests(SparkServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_a_query_and_returns_its_rows()
    {
        await using var spark = server.CreateExecutor();

        using var table = await spark.ExecuteAsync("SELECT id, CAST(id AS STRING) AS name FROM range(3) ORDER BY id", cancellationToken: Cancel);

        Assert.Equal([0L, 1L, 2L], table.GetColumn<long>("id"));
        Assert.Equal(["0", "1", "2"], table.GetColumn<string>("name"));
    }

    [Fact]
    public async Task Binds_parameters_and_leaves_texts_and_comments_alone()
    {
        await using var spark = server.CreateExecutor();
        var parameters = new Dictionary<string, object?> { ["name"] = "it's $5 \\ \"x\"", ["n"] = 7 };

        using var table = await spark.ExecuteAsync("SELECT $name AS a, '$name' AS b, $n + 1 AS c -- $nothing\n;", parameters, cancellationToken: Cancel);

        Assert.Equal(["it's $5 \\ \"x\""], table.GetColumn<string>("a"));
        Assert.Equal(["$name"], table.GetColumn<string>("b"));
        Assert.Equal([8], table.GetColumn<int>("c"));
    }

    [Fact]
    public async Task Returns_typed_columns_for_no_rows()
    {
        await using var spark = server.CreateExecutor();

        using var table = await spark.ExecuteAsync("SELECT 1L AS a, TIMESTAMP '2024-01-01' AS t WHERE 1 = 0", cancellationToken: Cancel);

        Assert.Equal(0, table.RowCount);
        Assert.Equal(DataType.BigInt, table.GetColumnType("a"));
        Assert.Equal(DataType.Timestamp, table.GetColumnType("t"));
    }

    [Fact]
    public async Task Describes_a_query_without_running_it()
    {
        await using var spark = server.CreateExecutor();

        var schema = await spark.DescribeAsync(
            "WITH t AS (SELECT 1 AS a) SELECT a, CAST($x AS DECIMAL(38,2)) AS d, array(1.5F) AS v, raise_error('ran') AS e FROM t;",
            new Dictionary<string, object?> { ["x"] = 1m }, Cancel);

        Assert.Equal(["a", "d", "v", "e"], schema.FieldsList.Select(field => field.Name));
        Assert.Equal(["int32", "decimal128", "list", "null"], schema.FieldsList.Select(field => field.DataType.Name));
    }

    [Fact]
    public async Task Reads_moments_in_UTC_whatever_the_zone_of_the_text()
    {
        await using var spark = server.CreateExecutor();

        using var table = await spark.ExecuteAsync("SELECT TIMESTAMP '2024-07-01 12:00:00' AS t, TIMESTAMP_NTZ '2024-07-01 12:00:00' AS n", cancellationToken: Cancel);

        var noon = new DateTimeOffset(2024, 7, 1, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal([noon], table.GetColumn<DateTimeOffset>("t"));
        Assert.Equal([noon], table.GetColumn<DateTimeOffset>("n"));
    }

    [Fact]
    public async Task Is_healthy_and_says_the_version()
    {
        await using var spark = server.CreateExecutor();

        var report = await spark.CheckHealthAsync(Cancel);

        Assert.True(report.IsHealthy);
        Assert.Contains("Spark ", report.ToString(), StringComparison.Ordinal);
    }
}
