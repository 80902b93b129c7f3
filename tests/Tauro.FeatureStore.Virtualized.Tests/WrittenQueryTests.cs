namespace Tauro.FeatureStore.Tests;

/// <summary>What a query of the caller's answers goes into a table as a stream.</summary>
public sealed class WrittenQueryTests : ShopFixture
{
    private const string Spending = "SELECT user_id, bought_at AS event_time, CAST(amount AS DECIMAL(10, 2)) AS spent FROM silver.purchases WHERE amount > $least";

    [Fact]
    public async Task A_query_is_written_without_a_table_in_between()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await RegisterAsync(new FeatureSchema("spent", DataType.Decimal(10, 2)));
        await using var engine = new CountedEngine(Executor);

        var result = await materialized.WriteQueryAsync("user_features", engine, Spending, new Dictionary<string, object?> { ["least"] = 2m }, cancellationToken: Cancel);

        using var rows = await materialized.GetFeaturesAsync(["spent"], Table(("user_id", new long[] { 1, 2 })), cancellationToken: Cancel);
        Assert.Equal(2, result.RowCount);
        Assert.Equal((1, 0), (engine.Streams, engine.WholeTables));
        Assert.Equal([2.25m, 3m], rows.GetColumn<decimal?>("spent"));
    }

    [Fact]
    public async Task A_query_that_fails_on_its_way_writes_nothing()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await materialized.RegisterFeaturesAsync(Group("user_features", new FeatureSchema("spent", DataType.BigInt)), Cancel);
        const string Failing = "SELECT range AS user_id, TIMESTAMPTZ '2026-01-01 00:00:00Z' AS event_time, CASE WHEN range = 900000 THEN error('no more') ELSE range END AS spent FROM range(1000000)";

        await Assert.ThrowsAsync<VirtualizationQueryException>(() => materialized.WriteQueryAsync("user_features", Executor, Failing, cancellationToken: Cancel));

        using var every = await materialized.GetFeaturesAsync(["spent"], cancellationToken: Cancel);
        Assert.Equal(0, every.RowCount);
    }
}
