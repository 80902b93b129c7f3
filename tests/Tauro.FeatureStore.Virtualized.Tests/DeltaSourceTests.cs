namespace Tauro.FeatureStore.Tests;

/// <summary>Virtual features over a Delta table that another store writes.</summary>
public sealed class DeltaSourceTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-delta-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_definition_over_a_Delta_table_follows_it_and_knows_its_lineage(bool cached)
    {
        await using var writer = new MaterializedFeatureStore(new FeatureStoreContext(Path.Combine(_folder, "gold")));
        await writer.RegisterFeaturesAsync(Group("purchases", new FeatureSchema("amount", DataType.BigInt)), Cancel);
        await WriteAsync(writer, (1, 1, 10), (2, 1, 20));
        var table = Path.GetDirectoryName(Directory.GetDirectories(_folder, "_delta_log", SearchOption.AllDirectories).Single())!;
        await using var executor = new DuckDBQueryExecutor(
            new FeatureStoreContext(Path.Combine(_folder, "virtual")), new DuckDBOptions { Sources = new Dictionary<string, DuckDBSource> { ["gold.purchases"] = DuckDBSource.Delta(table) } });
        await using var store = new VirtualizedFeatureStore(
            new FeatureStoreContext(Path.Combine(_folder, "virtual")), executor) { CacheSizeMegabytes = cached ? 8 : 0 };
        await store.RegisterFeaturesAsync(Group("spending", new FeatureSchema("total", DataType.BigInt), new FeatureSchema("last_amount", DataType.BigInt)), Cancel);
        await store.DefineVirtualFeaturesAsync("spending", new Dictionary<string, string>
        {
            ["total"] = "SELECT user_id, SUM(amount) AS total FROM gold.purchases GROUP BY user_id",
            ["last_amount"] = "SELECT user_id, event_time, amount AS last_amount FROM gold.purchases",
        }, Cancel);

        Assert.Equal([(10, 10), (20, 20)], await ReadAsync(store));
        await WriteAsync(writer, (1, 2, 5));
        Assert.Equal([(15, 5), (20, 20)], await ReadAsync(store));
        await writer.WriteFeaturesAsync("purchases", Rows((2, 1, 100)), new WriteOptions { Mode = WriteMode.Merge }, Cancel);
        Assert.Equal([(15, 5), (100, 100)], await ReadAsync(store));
        Assert.Equal(["gold.purchases"], store.Metadata.GetVirtualDefinitions("spending").SelectMany(definition => definition.Sources).Distinct());
    }

    private static FeatureGroupSchema Group(string name, params FeatureSchema[] features) => new(name)
    {
        EntityKeys = [new EntityKey("user_id", DataType.BigInt)], TimestampKey = "event_time", Features = features,
    };

    private static FeatureTable Rows(params (long User, int Day, long Amount)[] rows) => FeatureTable.FromColumns(
        ("user_id", rows.Select(row => row.User).ToArray()),
        ("event_time", rows.Select(row => new DateTimeOffset(2026, 1, row.Day, 0, 0, 0, TimeSpan.Zero)).ToArray()),
        ("amount", rows.Select(row => row.Amount).ToArray()));

    private static async Task WriteAsync(MaterializedFeatureStore store, params (long, int, long)[] rows)
    {
        using var table = Rows(rows);
        await store.WriteFeaturesAsync("purchases", table, cancellationToken: Cancel);
    }

    private static async Task<IEnumerable<(long, long)>> ReadAsync(VirtualizedFeatureStore store)
    {
        using var users = FeatureTable.FromColumns(("user_id", new long[] { 1, 2 }));
        using var answer = await store.GetFeaturesAsync(["spending.total", "spending.last_amount"], users, cancellationToken: Cancel);
        return [.. answer.GetColumn<long>("total").Zip(answer.GetColumn<long>("last_amount"))];
    }
}
