namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Virtual features over tables of Spark's catalog, a Delta and a Parquet one.</summary>
public sealed class VirtualTests(SparkServer server) : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _shop = $"shop_{Guid.NewGuid():N}";
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tauro-virtual-{Guid.NewGuid():N}");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IQueryExecutor Spark => server.SharedExecutor;

    private string AsOf => $"SELECT user_id, count(*) AS bought FROM {_shop}.purchases WHERE bought_at <= $as_of GROUP BY user_id";

    public async ValueTask InitializeAsync()
    {
        await RunAsync($"CREATE DATABASE {_shop}");
        await RunAsync($"CREATE TABLE {_shop}.users USING delta AS SELECT * FROM VALUES (1L, 'north'), (2L, 'south'), (3L, NULL) AS t(user_id, region)");
        await RunAsync($"""
            CREATE TABLE {_shop}.purchases USING parquet AS SELECT * FROM VALUES
            (1L, 1.50BD, 2, {Moment(1)}), (1L, 2.25BD, 3, {Moment(3)}), (2L, 3.00BD, 4, {Moment(5)}) AS t(user_id, amount, pieces, bought_at)
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync($"DROP DATABASE {_shop} CASCADE");
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Definitions_of_all_kinds_answer_in_one_request()
    {
        await using var store = await OpenAsync(new FeatureSchema("region", DataType.String), new FeatureSchema("bought", DataType.BigInt), new FeatureSchema("spent", DataType.Decimal(10, 2)));
        await store.DefineVirtualFeaturesAsync("user_features",
        [
            new VirtualFeatureDefinition($"SELECT user_id, region FROM {_shop}.users; -- the users", "region") { IsStatic = true },
            new VirtualFeatureDefinition(AsOf, "bought"),
            new VirtualFeatureDefinition($"SELECT user_id, bought_at AS event_time, amount AS spent FROM {_shop}.purchases -- amounts", "spent"),
        ], Cancel);

        using var answer = await store.GetTrainingSetAsync(["spent", "bought", "region as where_from"], Spine(), cancellationToken: Cancel);
        using var every = await store.GetFeaturesAsync(["bought"], pointInTime: At(4), cancellationToken: Cancel);
        using var range = await store.GetFeaturesAsync(["spent"], new TimeRange(At(1), At(4)), cancellationToken: Cancel);

        Assert.Equal([null, 1.5m, 2.25m, 3m, null], answer.GetColumn<decimal?>("spent"));
        Assert.Equal([null, 1L, 2L, 1L, null], answer.GetColumn<long?>("bought"));
        Assert.Equal(["north", "north", "north", "south", null], answer.GetColumn<string?>("where_from"));
        Assert.Equal([1L], every.GetColumn<long>("user_id"));
        Assert.Equal([2L], every.GetColumn<long?>("bought"));
        Assert.Equal([1.5m, 2.25m], range.GetColumn<decimal?>("spent"));
    }

    [Fact]
    public async Task A_definition_that_knows_only_now_refuses_the_past()
    {
        await using var store = await OpenAsync(new FeatureSchema("region", DataType.String));
        await DefineAsync(store, "region", $"SELECT user_id, region FROM {_shop}.users");

        using var now = await store.GetFeaturesAsync(["region"], new Dictionary<string, Array> { ["user_id"] = (long[])[2, 1, 9] }, cancellationToken: Cancel);
        await Assert.ThrowsAsync<SchemaValidationException>(() => store.GetTrainingSetAsync(["region"], Spine(), cancellationToken: Cancel));

        Assert.Equal(["south", "north", null], now.GetColumn<string?>("region"));
    }

    [Theory]
    [InlineData("SELECT user_id, amount AS spent FROM {0}.purchases")]
    [InlineData("SELECT user_id, TIMESTAMP '2020-01-01 00:00:00Z' AS event_time, amount AS spent FROM {0}.purchases")]
    [InlineData("SELECT user_id, amount AS spent FROM {0}.purchases WHERE $as_of IS NOT NULL")]
    public async Task Two_rows_that_nothing_tells_apart_are_an_error_that_names_the_key(string sql)
    {
        await using var store = await OpenAsync(new FeatureSchema("spent", DataType.Decimal(10, 2)));
        await DefineAsync(store, "spent", sql.Replace("{0}", _shop, StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<SparkQueryException>(() => LatestAsync(store, "spent"));

        Assert.Contains("two rows for user_id = 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_rows_of_one_time_in_a_range_are_an_error_that_names_the_key()
    {
        await using var store = await OpenAsync(new FeatureSchema("spent", DataType.Decimal(10, 2)));
        await DefineAsync(store, "spent", $"SELECT user_id, TIMESTAMP '2024-01-01 00:00:00Z' AS event_time, amount AS spent FROM {_shop}.purchases");

        var error = await Assert.ThrowsAsync<SparkQueryException>(() => store.GetFeaturesAsync(["spent"], new TimeRange(At(-1), At(1)), Cancel));

        Assert.Contains("two rows for user_id = 1, event_time = 2024-01-01 00:00:00", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Known_as_of_needs_a_created_column_and_goes_by_it()
    {
        await using var store = await OpenAsync(new FeatureSchema("spent", DataType.Decimal(10, 2)));
        var sql = $"SELECT user_id, {Moment(0)} AS event_time, bought_at AS learned, amount AS spent FROM {_shop}.purchases";
        await store.DefineVirtualFeaturesAsync("user_features", [new VirtualFeatureDefinition(sql, "spent") { CreatedColumn = "learned" }], Cancel);

        using var known = await store.GetTrainingSetAsync(["spent"], Spine(), options: new RetrievalOptions { KnownAsOf = true }, cancellationToken: Cancel);
        using var all = await store.GetTrainingSetAsync(["spent"], Spine(), cancellationToken: Cancel);

        Assert.Equal([null, 1.5m, 2.25m, 3m, null], known.GetColumn<decimal?>("spent"));
        Assert.Equal([2.25m, 2.25m, 2.25m, 3m, null], all.GetColumn<decimal?>("spent"));
    }

    [Fact]
    public async Task A_sum_that_is_wider_than_declared_is_read_value_by_value()
    {
        await using var store = await OpenAsync(new FeatureSchema("pieces", DataType.Int));
        await DefineAsync(store, "pieces", $"SELECT user_id, sum(pieces) AS pieces FROM {_shop}.purchases GROUP BY user_id");
        using var fits = await LatestAsync(store, "pieces");
        await DefineAsync(store, "pieces", $"SELECT user_id, sum(pieces) + 2147483647 AS pieces FROM {_shop}.purchases GROUP BY user_id");

        var error = await Assert.ThrowsAsync<SparkQueryException>(() => LatestAsync(store, "pieces"));

        Assert.Equal([5, 4], fits.GetColumn<int?>("pieces"));
        Assert.Contains("'pieces' holds a value that does not fit into INT", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_of_parameters_stay_values()
    {
        await using var store = await OpenAsync(new FeatureSchema("echo", DataType.String));
        const string Hostile = "'); DROP TABLE users; -- \\' $as_of ${x} \0 \u65e5";
        var parameters = new Dictionary<string, object?> { ["Text"] = Hostile };
        await store.DefineVirtualFeaturesAsync("user_features", [new VirtualFeatureDefinition($"SELECT user_id, $text AS echo FROM {_shop}.users", "echo") { Parameters = parameters, IsStatic = true }], Cancel);

        using var answer = await LatestAsync(store, "echo");

        Assert.Equal([Hostile, Hostile], answer.GetColumn<string?>("echo"));
    }

    private static DateTimeOffset At(int hour) => Start.AddHours(hour);

    private static string Moment(int hour) => FormattableString.Invariant($"TIMESTAMP '2024-01-01 {hour:00}:00:00Z'");

    private static FeatureTable Spine() => FeatureTable.FromColumns(
        ("user_id", new long[] { 1, 1, 1, 2, 9 }), ("event_timestamp", new[] { At(1).AddSeconds(-1), At(1), At(9), At(9), At(9) }));

    private static Task DefineAsync(VirtualizedFeatureStore store, string feature, string sql) =>
        store.DefineVirtualFeaturesAsync("user_features", new Dictionary<string, string> { [feature] = sql }, Cancel);

    private static Task<FeatureTable> LatestAsync(VirtualizedFeatureStore store, string feature) =>
        store.GetFeaturesAsync([feature], new Dictionary<string, Array> { ["user_id"] = (long[])[1, 2] }, cancellationToken: Cancel);

    private async Task<VirtualizedFeatureStore> OpenAsync(params FeatureSchema[] features)
    {
        var store = new VirtualizedFeatureStore(new FeatureStoreContext(_folder), Spark);
        await store.RegisterFeaturesAsync(new FeatureGroupSchema("user_features")
        {
            EntityKeys = [new EntityKey("user_id", DataType.BigInt)], TimestampKey = "event_time", Features = [.. features],
        }, Cancel);
        return store;
    }

    private async Task RunAsync(string sql)
    {
        using var done = await Spark.ExecuteAsync(sql, cancellationToken: Cancel);
    }
}
