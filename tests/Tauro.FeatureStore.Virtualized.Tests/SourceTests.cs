using DuckDB.NET.Data;

namespace Tauro.FeatureStore.Tests;

/// <summary>Sources that are declared on the executor: read under their names, and nothing beside them.</summary>
public sealed class SourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-sources-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Files_of_each_kind_tables_and_databases_are_read_under_their_names()
    {
        Run($"COPY (SELECT 1 AS id) TO '{In("a.parquet")}' (FORMAT parquet)", $"COPY (SELECT 2 AS id) TO '{In("b.parquet")}' (FORMAT parquet)",
            $"ATTACH '{In("shop.db")}' AS shop", "CREATE TABLE shop.items AS SELECT 6 AS id", "DETACH shop");
        await File.WriteAllTextAsync(In("rows.csv"), "id\n3\n", Cancel);
        await File.WriteAllTextAsync(In("rows.json"), "{\"id\": 4}\n", Cancel);
        using var rows = FeatureTable.FromColumns(("id", new[] { 5 }));
        await using var executor = new DuckDBQueryExecutor(new FeatureStoreContext(In("store")), new DuckDBOptions
        {
            Sources = new Dictionary<string, DuckDBSource>
            {
                ["silver.parquet_rows"] = DuckDBSource.Parquet(In("*.parquet")),
                ["silver.csv_rows"] = DuckDBSource.Csv(In("rows.csv")),
                ["json_rows"] = DuckDBSource.Json(In("rows.json")),
                ["silver.memory_rows"] = DuckDBSource.Table(rows),
                ["shop"] = DuckDBSource.Database(In("shop.db")),
            },
        });

        using var answer = await executor.ExecuteAsync("""
            SELECT CAST(id AS INT) AS id FROM silver.parquet_rows UNION ALL SELECT id FROM silver.csv_rows UNION ALL SELECT id FROM json_rows
            UNION ALL SELECT id FROM silver.memory_rows UNION ALL SELECT id FROM shop.items ORDER BY id
            """, cancellationToken: Cancel);

        Assert.Equal([1, 2, 3, 4, 5, 6], answer.GetColumn<long?>("id").Select(id => (int)id!.Value));
    }

    [Fact]
    public async Task What_was_not_declared_is_closed()
    {
        await File.WriteAllTextAsync(In("secret.csv"), "id\n3\n", Cancel);
        Directory.CreateDirectory(In("open"));
        await File.WriteAllTextAsync(In("open/rows.csv"), "id\n3\n", Cancel);
        await using var executor = new DuckDBQueryExecutor(new FeatureStoreContext(In("store")), new DuckDBOptions
        {
            Sources = new Dictionary<string, DuckDBSource> { ["rows"] = DuckDBSource.Csv(In("open/*.csv")) },
        });

        using var open = await executor.ExecuteAsync("SELECT * FROM rows", cancellationToken: Cancel);

        Assert.Equal(1, open.RowCount);
        await Assert.ThrowsAsync<VirtualizationQueryException>(() => executor.ExecuteAsync($"SELECT * FROM read_csv('{In("secret.csv")}')", cancellationToken: Cancel));
    }

    [Theory]
    [InlineData("a.b.c")]
    [InlineData("silver.us\"ers")]
    [InlineData("__hidden")]
    [InlineData("")]
    public void A_name_that_is_none_is_refused(string name) =>
        Assert.Throws<SchemaValidationException>(() => new DuckDBOptions { Sources = new Dictionary<string, DuckDBSource> { [name] = DuckDBSource.Csv("a.csv") } });

    [Fact]
    public async Task A_plan_is_explained_and_not_run()
    {
        await using var executor = new DuckDBQueryExecutor();
        var plan = await executor.GetExecutionPlanAsync("SELECT sum(range) FROM range(100000000000) WHERE range > $least", new Dictionary<string, object?> { ["least"] = 5L }, Cancel);
        Assert.Contains("RANGE", plan, StringComparison.Ordinal);
        await Assert.ThrowsAsync<VirtualizationQueryException>(() => executor.GetExecutionPlanAsync("ANALYZE SELECT 1", cancellationToken: Cancel));
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static void Run(params string[] statements)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
