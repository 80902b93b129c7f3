using Apache.Arrow;

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
        await using var streaming = new StreamingOnly(Executor);

        var result = await materialized.WriteQueryAsync("user_features", streaming, Spending, new Dictionary<string, object?> { ["least"] = 2m }, cancellationToken: Cancel);

        using var rows = await materialized.GetFeaturesAsync(["spent"], Table(("user_id", new long[] { 1, 2 })), cancellationToken: Cancel);
        Assert.Equal(2, result.RowCount);
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

    /// <summary>An engine that hands out streams and never whole tables.</summary>
    private sealed class StreamingOnly(IQueryExecutor engine) : IQueryExecutor
    {
        public string Name => engine.Name;

        public bool CanRead(PlanSource source) => engine.CanRead(source);

        public IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken = default) => engine.RunAsync(plan, cancellationToken);

        public IAsyncEnumerable<RecordBatch> StreamAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default) =>
            engine.StreamAsync(sql, parameters, cancellationToken);

        public Task<FeatureTable> ExecuteAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("The whole table was asked for.");

        public Task<Schema> DescribeAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default) =>
            engine.DescribeAsync(sql, parameters, cancellationToken);

        public Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default) => engine.CheckHealthAsync(cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
