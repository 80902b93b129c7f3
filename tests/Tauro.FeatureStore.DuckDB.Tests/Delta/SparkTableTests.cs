using Tauro.FeatureStore.Materialized.Tests;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>A partitioned Delta table as a real Spark writes it, with checkpoints, read as a source.</summary>
public sealed class SparkTableTests : IAsyncDisposable
{
    private readonly DeltaFolder _folder = new();

    public static TheoryData<string> Versions => [.. SparkSql.Versions];

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Partitions_types_nulls_and_checkpoints_are_read(string version)
    {
        var table = _folder.Declare("silver.sales", "sales");
        await SparkSql.RunAsync(
            version,
            $"CREATE TABLE delta.`{table}` (id BIGINT, amount DECIMAL(10,2), tags ARRAY<STRING>, at TIMESTAMP, day DATE, shop STRING, n INT) USING delta PARTITIONED BY (day, shop, n) "
            + "TBLPROPERTIES ('delta.checkpointInterval' = '2')",
            $"INSERT INTO delta.`{table}` VALUES (1, 1.50, array('a', NULL), TIMESTAMP '2024-01-01 00:00:00.123456Z', DATE '2024-01-01', 'a b/c:d%[é]', 7), (2, NULL, NULL, NULL, NULL, NULL, NULL)",
            $"INSERT INTO delta.`{table}` VALUES (3, 3, array(), TIMESTAMP '2024-02-01 00:00:00Z', DATE '2024-01-01', '', -1)",
            $"ALTER TABLE delta.`{table}` ADD COLUMNS (note STRING)",
            $"INSERT INTO delta.`{table}` VALUES (4, 4, array('x'), NULL, DATE '1969-12-31', 'it\\'s', 0, 'new')",
            $"DELETE FROM delta.`{table}` WHERE id = 3");
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(table, "_delta_log"), "*.checkpoint.parquet"));

        for (var round = 0; round < 2; round++)
        {
            await using var executor = new DuckDBQueryExecutor(
                new FeatureStoreContext(Path.Combine(_folder.Root, "nothing")), new DuckDBOptions { Sources = new Dictionary<string, DuckDBSource> { ["sales"] = DuckDBSource.Delta(table) } });
            using var rows = await executor.ExecuteAsync("SELECT * FROM sales ORDER BY id", cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(["id", "amount", "tags", "at", "day", "shop", "n", "note"], rows.ColumnNames);
            Assert.Equal([1, 2, 4], rows.GetColumn<long>("id"));
            Assert.Equal([1.5m, null, 4m], rows.GetColumn<decimal?>("amount"));
            Assert.Equal([["a", null!], null, ["x"]], rows.GetColumn<string[]?>("tags"));
            Assert.Equal([new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMicroseconds(123456), null, null], rows.GetColumn<DateTimeOffset?>("at"));
            Assert.Equal([new DateOnly(2024, 1, 1), null, new DateOnly(1969, 12, 31)], rows.GetColumn<DateOnly?>("day"));
            Assert.Equal(["a b/c:d%[é]", null, "it's"], rows.GetColumn<string?>("shop"));
            Assert.Equal([7, null, 0], rows.GetColumn<int?>("n"));
            Assert.Equal([null, null, "new"], rows.GetColumn<string?>("note"));

            // The second time only its checkpoint tells what the first commits were.
            foreach (var commit in (string[])["00000000000000000000.json", "00000000000000000001.json"]) File.Delete(Path.Combine(table, "_delta_log", commit));
        }
    }
}
