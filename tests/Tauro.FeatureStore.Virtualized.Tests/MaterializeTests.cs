namespace Tauro.FeatureStore.Tests;

/// <summary>Computed features are written to tables: as their rows are, at moments, and as of now.</summary>
public sealed class MaterializeTests : ShopFixture
{
    private readonly List<BackfillProgress> _reports = [];

    [Fact]
    public async Task Rows_with_event_times_replace_the_range_and_answer_like_the_definition()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = await TimedAsync(materialized);
        var spine = Table(("user_id", new long[] { 1, 1, 2, 2 }), ("event_timestamp", new[] { At(2), At(4), At(4), At(6) }));
        using var computed = await Store.GetTrainingSetAsync(["user_features.spent"], spine, cancellationToken: Cancel);

        for (var run = 0; run < 2; run++)
        {
            var done = await store.MaterializeAsync("user_features", At(1), At(9), progress: Reports, cancellationToken: Cancel);
            Assert.Equal((1, 1, 0, 3L), (done.StepsDone, done.Steps, done.StepsSkipped, done.RowsWritten));
        }

        using var kept = await materialized.GetTrainingSetAsync(["user_features.spent"], spine, cancellationToken: Cancel);
        using var rows = await materialized.GetFeaturesAsync(["user_features.spent"], new TimeRange(At(1), At(9)), Cancel);
        Assert.Equal([1.5m, 2.25m, null, 3m], kept.GetColumn<decimal?>("spent"));
        Assert.Equal(computed.GetColumn<decimal?>("spent"), kept.GetColumn<decimal?>("spent"));
        Assert.Equal(["user_id", "event_time", "spent"], rows.ColumnNames);
        Assert.Equal(3, rows.RowCount);
        Assert.Equal(3L, _reports[^1].RowsWritten);
    }

    [Fact]
    public async Task A_range_in_steps_goes_on_where_it_stopped()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = await TimedAsync(materialized);
        var options = new MaterializationOptions { Step = TimeSpan.FromDays(2), Name = "spending" };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var stopping = new Progress(done =>
        {
            if (done.StepsDone == 1) stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.MaterializeAsync("user_features", At(1), At(7), options, stopping, stop.Token));
        var done = await store.MaterializeAsync("user_features", At(1), At(7), options, Reports, Cancel);
        var again = await store.MaterializeAsync("user_features", At(1), At(7), options, cancellationToken: Cancel);

        Assert.Equal((3, 3, 1, 2L), (done.StepsDone, done.Steps, done.StepsSkipped, done.RowsWritten));
        Assert.Equal((3, 3, 3, 0L), (again.StepsDone, again.Steps, again.StepsSkipped, again.RowsWritten));
        using var rows = await materialized.GetFeaturesAsync(["user_features.spent"], new TimeRange(At(1), At(9)), Cancel);
        Assert.Equal([1.5m, 2.25m, 3m], rows.GetColumn<decimal?>("spent"));
    }

    [Fact]
    public async Task Definitions_of_any_kind_are_computed_at_moments_into_another_group()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = await TimedAsync(materialized);
        await store.RegisterFeaturesAsync(Users with { Features = [new FeatureSchema("spent", DataType.Decimal(10, 2)), new FeatureSchema("bought", DataType.BigInt)] }, Cancel);
        await DefineAsync("bought", "SELECT user_id, count(*) AS bought FROM silver.purchases WHERE bought_at <= $as_of GROUP BY user_id");
        await store.RegisterFeaturesAsync(Group("daily", new FeatureSchema("bought", DataType.BigInt), new FeatureSchema("spent", DataType.Decimal(10, 2))), Cancel);
        var options = new MaterializationOptions { Every = TimeSpan.FromDays(2), Step = TimeSpan.FromDays(3), Target = "daily" };

        var refused = await Assert.ThrowsAsync<SchemaValidationException>(() => store.MaterializeAsync("user_features", At(1), At(7), cancellationToken: Cancel));
        var done = await store.MaterializeAsync("user_features", At(1), At(7), options, Reports, Cancel);

        using var rows = await store.GetFeaturesAsync(["daily.bought", "daily.spent"], new TimeRange(At(1), At(9)), Cancel);
        Assert.Contains("Every", refused.Message, StringComparison.Ordinal);
        Assert.Equal((2, 4L), (done.StepsDone, done.RowsWritten));
        Assert.Equal([1L, 1L, 1L, 2L], rows.GetColumn<long>("user_id"));
        Assert.Equal([At(1), At(3), At(5), At(5)], rows.GetColumn<DateTimeOffset>("event_time"));
        Assert.Equal([1L, 2L, 2L, 1L], rows.GetColumn<long?>("bought"));
        Assert.Equal([1.5m, 2.25m, 2.25m, 3m], rows.GetColumn<decimal?>("spent"));
    }

    [Fact]
    public async Task What_is_known_only_now_is_kept_with_now_as_its_event_time()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await RegisterAsync(new FeatureSchema("region", DataType.String));
        await DefineAsync("region", "SELECT user_id, region FROM silver.users");
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);

        var first = await store.MaterializeNowAsync("user_features", new MaterializationOptions { Name = "night 1" }, Cancel);
        var second = await store.MaterializeNowAsync("user_features", new MaterializationOptions { Name = "night 1" }, Cancel);

        using var rows = await materialized.GetFeaturesAsync(["user_features.region"], new TimeRange(before, DateTimeOffset.UtcNow.AddSeconds(1)), Cancel);
        Assert.Equal((3L, false), (first.RowCount, first.AlreadyWritten));
        Assert.True(second.AlreadyWritten);
        Assert.Equal(["north", "south", null], rows.GetColumn<string?>("region"));
    }

    [Fact]
    public async Task A_static_group_is_kept_as_a_whole()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await Store.RegisterFeaturesAsync(new FeatureGroupSchema("regions") { EntityKeys = Users.EntityKeys, IsStatic = true, Features = [new FeatureSchema("region", DataType.String)] }, Cancel);
        await Store.DefineVirtualFeaturesAsync("regions", new Dictionary<string, string> { ["region"] = "SELECT user_id, region FROM silver.users" }, Cancel);

        await store.MaterializeNowAsync("regions", cancellationToken: Cancel);
        await store.MaterializeNowAsync("regions", cancellationToken: Cancel);

        using var every = await materialized.GetFeaturesAsync(["region"], cancellationToken: Cancel);
        Assert.Equal(["north", "south", null], every.GetColumn<string?>("region"));
        await Assert.ThrowsAsync<SchemaValidationException>(() => store.MaterializeAsync("regions", At(1), At(2), new MaterializationOptions { Every = TimeSpan.FromDays(1) }, cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_feature_that_nothing_computes_would_be_lost_and_is_named()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await RegisterAsync(new FeatureSchema("region", DataType.String), new FeatureSchema("note", DataType.String));
        await DefineAsync("region", "SELECT user_id, region FROM silver.users");

        var error = await Assert.ThrowsAsync<SchemaValidationException>(() => store.MaterializeNowAsync("user_features", cancellationToken: Cancel));

        Assert.Contains("'note'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_writes_nothing_of_its_step()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = await TimedAsync(materialized);
        await DefineAsync("spent", "SELECT user_id, bought_at AS event_time, CASE WHEN user_id = 2 THEN error('no such user') ELSE amount END AS spent FROM silver.purchases");

        await Assert.ThrowsAsync<VirtualizationQueryException>(() => store.MaterializeAsync("user_features", At(1), At(9), cancellationToken: Cancel));

        using var rows = await materialized.GetFeaturesAsync(["user_features.spent"], new TimeRange(At(1), At(9)), Cancel);
        Assert.Equal(0, rows.RowCount);
    }

    [Fact]
    public async Task Midnight_is_the_only_moment_of_a_day()
    {
        await using var materialized = new MaterializedFeatureStore(Context);
        await using var store = new CompositeFeatureStore(Context, materialized, Store);
        await Store.RegisterFeaturesAsync(Users with { TimestampType = DataType.Date, Features = [new FeatureSchema("bought", DataType.BigInt)] }, Cancel);
        await DefineAsync("bought", "SELECT user_id, count(*) AS bought FROM silver.purchases WHERE bought_at <= $as_of GROUP BY user_id");
        var options = new MaterializationOptions { Every = TimeSpan.FromDays(1) };

        await Assert.ThrowsAsync<SchemaValidationException>(() => store.MaterializeAsync("user_features", At(2), At(3), options, cancellationToken: Cancel));
        await store.MaterializeAsync("user_features", At(2).AddHours(-12), At(4).AddHours(-12), options, cancellationToken: Cancel);

        using var rows = await materialized.GetFeaturesAsync(["user_features.bought"], new TimeRange(At(1), At(9)), Cancel);
        Assert.Equal([1L, 1L], rows.GetColumn<long?>("bought"));
    }

    private Progress Reports => new(_reports.Add);

    private async Task<CompositeFeatureStore> TimedAsync(MaterializedFeatureStore materialized)
    {
        await RegisterAsync(new FeatureSchema("spent", DataType.Decimal(10, 2)));
        await Store.DefineVirtualFeaturesAsync("user_features", [new VirtualFeatureDefinition("SELECT user_id, bought_at, amount AS spent FROM silver.purchases", "spent") { TimestampColumn = "bought_at" }], Cancel);
        return new CompositeFeatureStore(Context, materialized, Store);
    }

    /// <summary>Tells at once, on the thread that works.</summary>
    private sealed class Progress(Action<BackfillProgress> told) : IProgress<BackfillProgress>
    {
        public void Report(BackfillProgress value) => told(value);
    }
}
