namespace Tauro.FeatureStore.Tests;

public sealed class SavedTrainingSetTests : ShopFixture
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"tauro-{Guid.NewGuid():n}.csv");

    [Fact]
    public async Task Computed_features_are_computed_again_and_refused_where_they_come_out_otherwise()
    {
        try
        {
            await File.WriteAllTextAsync(_file, "user_id,event_time,spent\n1,2026-01-01,5\n2,2026-01-02,6\n", Cancel);
            await using var executor = new DuckDBQueryExecutor(Context, new DuckDBOptions { Sources = new Dictionary<string, DuckDBSource> { ["silver.spending"] = DuckDBSource.Csv(_file) } });
            await using var store = new VirtualizedFeatureStore(Context, executor);
            await store.RegisterFeaturesAsync(new FeatureGroupSchema("spending") { EntityKeys = [new EntityKey("user_id", DataType.BigInt)], TimestampKey = "event_time", Features = [new FeatureSchema("spent", DataType.BigInt)] }, Cancel);
            await store.DefineVirtualFeaturesAsync("spending", new Dictionary<string, string> { ["spent"] = "SELECT user_id, CAST(event_time AS TIMESTAMP) AS event_time, spent FROM silver.spending" }, Cancel);
            var spine = Table(("user_id", new long[] { 1, 2 }), ("event_timestamp", new[] { At(5), At(5) }));

            var saved = await store.SaveTrainingSetAsync("spenders", ["spending.spent"], spine, cancellationToken: Cancel);
            Assert.Null(saved.TableVersions["spending@1"]);
            using (var again = await store.RunTrainingSetAsync("spenders", spine, Cancel)) Assert.Equal([5L, 6L], again.GetColumn<long>("spent"));
            Assert.Equal(["silver.spending", "spending(spent)", "spending.spent"], store.Metadata.GetUpstream("training_set:spenders"));

            await File.AppendAllTextAsync(_file, "2,2026-01-03,7\n", Cancel);
            var error = await Assert.ThrowsAsync<FeatureStoreException>(() => store.RunTrainingSetAsync("spenders", spine, Cancel));
            Assert.Contains("'spent'", error.Message, StringComparison.Ordinal);
            Assert.Contains("spending@1 are computed when they are read and have no version", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(_file);
        }
    }

    [Fact]
    public async Task An_earlier_version_of_what_is_computed_is_refused()
    {
        await RegisterAsync(new FeatureSchema("region", DataType.String));
        await Store.DefineVirtualFeaturesAsync("user_features", [new VirtualFeatureDefinition("SELECT user_id, region FROM silver.users", "region") { IsStatic = true }], Cancel);
        var spine = Table(("user_id", new long[] { 1 }), ("event_timestamp", new[] { At(5) }));
        await Assert.ThrowsAsync<SchemaValidationException>(() => Store.SaveTrainingSetAsync("x", ["region"], spine, options: new() { AsOfVersion = 0 }, cancellationToken: Cancel));
        await Store.SaveTrainingSetAsync("x", ["region"], spine, cancellationToken: Cancel);
        using var again = await Store.RunTrainingSetAsync("x", spine, Cancel);
        Assert.Equal("north", again.GetColumn<string>("region")[0]);
    }
}
