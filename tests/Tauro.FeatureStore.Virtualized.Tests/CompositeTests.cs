using Apache.Arrow;

namespace Tauro.FeatureStore.Tests;

/// <summary>Written and computed features in one request, and which store answers.</summary>
public sealed class CompositeTests : ShopFixture
{
    [Fact]
    public async Task Features_of_both_kinds_come_back_as_one_table_in_the_order_of_the_request()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await PrepareAsync(store);
        var spine = Table(("user_id", new long[] { 2, 1, 9, 1 }), ("label", new[] { "a", "b", "c", "d" }));

        using var answer = await store.GetFeaturesAsync(["bought", "scores.score", "region"], spine, cancellationToken: Cancel);

        Assert.Equal(["user_id", "label", "bought", "score", "region"], answer.ColumnNames);
        Assert.Equal(["a", "b", "c", "d"], answer.GetColumn<string>("label"));
        Assert.Equal([1L, 2L, null, 2L], answer.GetColumn<long?>("bought"));
        Assert.Equal([20, 10, null, 10], answer.GetColumn<int?>("score"));
        Assert.Equal(["south", "north", null, "north"], answer.GetColumn<string?>("region"));
        Assert.Equal(["scores@1 files", "user_features@1 query", "user_features@1 query"],
            answer.Diagnostics!.Groups.Select(group => $"{group.FeatureGroup} {group.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_training_set_and_a_past_moment_have_features_of_both_kinds()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await PrepareAsync(store);
        var spine = Table(("user_id", new long[] { 1, 1, 2 }), ("event_timestamp", new[] { At(2), At(4), At(9) }));

        using var training = await store.GetTrainingSetAsync(["score", "bought"], spine, options: new RetrievalOptions { IncludeMatches = true }, cancellationToken: Cancel);
        using var past = await store.GetFeaturesAsync(["score", "bought"], pointInTime: At(2), cancellationToken: Cancel);

        Assert.Equal(["user_id", "event_timestamp", "score", "bought", "scores__event_time", "scores__matched", "user_features__event_time", "user_features__matched"], training.ColumnNames);
        Assert.Equal([null, 10, 20], training.GetColumn<int?>("score"));
        Assert.Equal([1L, 2L, 1L], training.GetColumn<long?>("bought"));
        Assert.Equal([1L], past.GetColumn<long>("user_id"));
        Assert.Equal([1L], past.GetColumn<long?>("bought"));
    }

    [Fact]
    public async Task A_million_rows_are_streamed_and_put_together_from_batches_of_different_sizes()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await PrepareAsync(store);
        var keys = Enumerable.Range(0, 1_000_000).Select(i => (long)(i % 3)).ToArray();
        long row = 0;

        await foreach (var batch in store.StreamFeaturesAsync(FeatureRequest.ForEntities(["score", "bought"], Table(("user_id", keys))), Cancel))
            using (batch)
                for (var i = 0; i < batch.Length; i++, row++)
                {
                    Assert.Equal(keys[row] switch { 1 => 10, 2 => 20, _ => (int?)null }, ((Int32Array)batch.Column(1)).GetValue(i));
                    Assert.Equal(keys[row] switch { 1 => 2L, 2 => 1L, _ => (long?)null }, ((Int64Array)batch.Column(2)).GetValue(i));
                }

        Assert.Equal(keys.Length, row);
    }

    [Fact]
    public async Task A_feature_that_both_serve_is_refused_until_one_is_named()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await PrepareAsync(store);
        await materialized.WriteFeaturesAsync(
            "user_features", Table(("user_id", new long[] { 1 }), ("event_time", new[] { At(1) }), ("bought", new long[] { 7 })), cancellationToken: Cancel);
        var one = Table(("user_id", new long[] { 1 }));
        FeatureReference bought = "bought";

        var refused = await Assert.ThrowsAsync<FeatureNotFoundException>(() => store.GetFeaturesAsync([bought], one, cancellationToken: Cancel));
        using var preferred = await store.GetFeaturesAsync([bought], one, options: new RetrievalOptions { Store = StoreKind.Materialized }, cancellationToken: Cancel);
        using var both = await store.GetFeaturesAsync(
            [bought with { Store = StoreKind.Materialized, Alias = "kept" }, bought with { Store = StoreKind.Virtualized }], one, cancellationToken: Cancel);

        Assert.Contains("Materialized", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Virtualized", refused.Message, StringComparison.Ordinal);
        Assert.Equal([7L], preferred.GetColumn<long?>("bought"));
        Assert.Equal([7L], both.GetColumn<long?>("kept"));
        Assert.Equal([2L], both.GetColumn<long?>("bought"));
    }

    [Fact]
    public async Task Writes_go_to_the_table_and_a_computed_group_refuses_them()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await PrepareAsync(store);

        var error = await Assert.ThrowsAsync<FeatureMaterializationException>(
            () => store.WriteFeaturesAsync("user_features", Table(("user_id", new long[] { 1 }), ("event_time", new[] { At(1) })), cancellationToken: Cancel));

        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        using var never = await store.GetFeaturesAsync(["scores.score"], Table(("user_id", new long[] { 1 })), cancellationToken: Cancel);
        Assert.Equal([10], never.GetColumn<int?>("score"));
    }

    [Fact]
    public async Task An_error_of_one_store_is_the_answer_and_stops_the_other()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await PrepareAsync(store);
        await DefineAsync("region", "SELECT user_id, CASE WHEN user_id > 0 THEN error('no regions today') ELSE region END AS region FROM silver.users");

        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(
            () => store.GetFeaturesAsync(["score", "region"], Table(("user_id", new long[] { 1 })), cancellationToken: Cancel));

        Assert.Contains("no regions today", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stores_of_two_contexts_are_refused()
    {
        await using var materialized = new MaterializedFeatureStore(new FeatureStoreContext(Context.FeatureStorePath));

        Assert.Throws<ArgumentException>(() => new CompositeFeatureStore(Context, materialized, Store));
    }

    [Fact]
    public async Task Health_is_that_of_both()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await PrepareAsync(store);

        var health = await store.CheckHealthAsync(Cancel);

        Assert.True(health.IsHealthy, health.ToString());
        Assert.Contains(health.Checks, check => check.Name == "storage");
        Assert.Contains(health.Checks, check => check.Name.StartsWith("definition of user_features", StringComparison.Ordinal));
    }

    private async Task PrepareAsync(CompositeFeatureStore store)
    {
        await store.RegisterFeaturesAsync(Group("scores", new FeatureSchema("score", DataType.Int)), Cancel);
        await store.WriteFeaturesAsync(
            "scores", Table(("user_id", new long[] { 1, 2 }), ("event_time", new[] { At(3), At(3) }), ("score", new[] { 10, 20 })), cancellationToken: Cancel);
        await RegisterAsync(new FeatureSchema("bought", DataType.BigInt), new FeatureSchema("region", DataType.String));
        await DefineAsync("bought", "SELECT user_id, count(*) AS bought FROM silver.purchases WHERE bought_at <= $as_of GROUP BY user_id");
        await DefineAsync("region", "SELECT user_id, region FROM silver.users");
    }
}
