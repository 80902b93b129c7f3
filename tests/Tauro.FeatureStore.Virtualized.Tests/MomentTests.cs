namespace Tauro.FeatureStore.Tests;

/// <summary>Rules 23 to 25: which moments a definition answers, and that two rows are never chosen between.</summary>
public sealed class MomentTests : ShopFixture
{
    private const string AsOf = "SELECT user_id, count(*) AS bought FROM silver.purchases WHERE bought_at <= $as_of GROUP BY user_id";

    [Fact]
    public async Task A_timed_definition_answers_each_moment()
    {
        await RegisterAsync(new FeatureSchema("spent", DataType.Decimal(10, 2)));
        await DefineAsync("spent", "SELECT user_id, bought_at AS event_time, amount AS spent FROM silver.purchases");

        using var answer = await Store.GetTrainingSetAsync(["spent"], Spine(), cancellationToken: Cancel);

        Assert.Equal([null, 1.5m, 2.25m, 3m, null], answer.GetColumn<decimal?>("spent"));
    }

    [Fact]
    public async Task An_as_of_definition_answers_each_of_many_moments()
    {
        await RegisterAsync(new FeatureSchema("bought", DataType.BigInt));
        await DefineAsync("bought", AsOf);

        using var answer = await Store.GetTrainingSetAsync(["bought"], Spine(), cancellationToken: Cancel);
        using var every = await Store.GetFeaturesAsync(["bought"], pointInTime: At(4), cancellationToken: Cancel);

        Assert.Equal([null, 1L, 2L, 1L, null], answer.GetColumn<long?>("bought"));
        Assert.Equal([1L], every.GetColumn<long>("user_id"));
        Assert.Equal([2L], every.GetColumn<long?>("bought"));
    }

    [Fact]
    public async Task A_definition_that_knows_only_now_refuses_the_past_and_says_how_to_fix_it()
    {
        await RegisterAsync(new FeatureSchema("region", DataType.String));
        await DefineAsync("region", "SELECT user_id, region FROM silver.users");

        using var now = await LatestAsync("region");
        var past = await Assert.ThrowsAsync<SchemaValidationException>(() => Store.GetTrainingSetAsync(["region"], Spine(), cancellationToken: Cancel));
        var known = await Assert.ThrowsAsync<SchemaValidationException>(
            () => Store.GetFeaturesAsync(["region"], Spine(), options: new RetrievalOptions { KnownAsOf = true }, cancellationToken: Cancel));

        Assert.Equal(["south", "north", null, "north"], now.GetColumn<string?>("region"));
        Assert.Contains("Return the event time as the column 'event_time', or use the parameter $as_of", past.Message, StringComparison.Ordinal);
        Assert.Contains("CreatedColumn", known.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_static_definition_answers_every_moment()
    {
        await RegisterAsync(new FeatureSchema("region", DataType.String));
        await Store.DefineVirtualFeaturesAsync("user_features", [new VirtualFeatureDefinition("SELECT user_id, region FROM silver.users", "region") { IsStatic = true }], Cancel);

        using var answer = await Store.GetTrainingSetAsync(["region"], Spine(), cancellationToken: Cancel);

        Assert.Equal(["north", "north", "north", "south", null], answer.GetColumn<string?>("region"));
    }

    [Fact]
    public async Task A_row_without_a_moment_matches_nothing()
    {
        await RegisterAsync(new FeatureSchema("region", DataType.String));
        await Store.DefineVirtualFeaturesAsync("user_features", [new VirtualFeatureDefinition("SELECT user_id, region FROM silver.users", "region") { IsStatic = true }], Cancel);
        var spine = Table(("user_id", new long[] { 1, 1 }), ("event_timestamp", new DateTimeOffset?[] { null, At(1) }));

        using var answer = await Store.GetTrainingSetAsync(["region"], spine, options: new RetrievalOptions { AllowNullTimes = true }, cancellationToken: Cancel);

        Assert.Equal([null, "north"], answer.GetColumn<string?>("region"));
    }

    [Fact]
    public async Task Definitions_of_all_kinds_answer_in_one_request()
    {
        await RegisterAsync(new FeatureSchema("region", DataType.String), new FeatureSchema("bought", DataType.BigInt), new FeatureSchema("spent", DataType.Decimal(10, 2)));
        await Store.DefineVirtualFeaturesAsync("user_features",
        [
            new VirtualFeatureDefinition("SELECT user_id, region FROM silver.users; -- the users", "region") { IsStatic = true },
            new VirtualFeatureDefinition(AsOf, "bought"),
            new VirtualFeatureDefinition("SELECT user_id, bought_at AS event_time, amount AS spent FROM silver.purchases -- amounts", "spent"),
        ], Cancel);

        using var answer = await Store.GetTrainingSetAsync(["spent", "bought", "region as where_from"], Spine(), cancellationToken: Cancel);

        Assert.Equal(["user_id", "event_timestamp", "spent", "bought", "where_from"], answer.ColumnNames);
        Assert.Equal([null, 1.5m, 2.25m, 3m, null], answer.GetColumn<decimal?>("spent"));
        Assert.Equal([null, 1L, 2L, 1L, null], answer.GetColumn<long?>("bought"));
        Assert.Equal(["north", "north", "north", "south", null], answer.GetColumn<string?>("where_from"));
    }

    [Theory]
    [InlineData("SELECT user_id, amount AS spent FROM silver.purchases")]
    [InlineData("SELECT user_id, TIMESTAMPTZ '2020-01-01 00:00:00Z' AS event_time, amount AS spent FROM silver.purchases")]
    [InlineData("SELECT user_id, amount AS spent FROM silver.purchases WHERE $as_of IS NOT NULL")]
    public async Task Two_rows_that_nothing_tells_apart_are_an_error_that_names_the_key(string sql)
    {
        await RegisterAsync(new FeatureSchema("spent", DataType.Decimal(10, 2)));
        await DefineAsync("spent", sql);

        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => LatestAsync("spent"));

        Assert.Contains("two rows for user_id = 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_rows_of_one_time_are_an_error_even_where_a_later_row_answers()
    {
        await RegisterAsync(new FeatureSchema("spent", DataType.Decimal(10, 2)));
        await DefineAsync("spent", """
            SELECT user_id, TIMESTAMPTZ '2020-01-01 00:00:00Z' AS event_time, amount AS spent FROM silver.purchases
            UNION ALL SELECT 1, TIMESTAMPTZ '2021-01-01 00:00:00Z', 9.5
            """);

        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => Store.GetTrainingSetAsync(["spent"], Spine(), cancellationToken: Cancel));

        Assert.Contains("two rows for user_id = 1, event_time = 2020-01-01 00:00:00", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_rows_of_an_entity_that_is_not_asked_for_are_not_looked_for()
    {
        await RegisterAsync(new FeatureSchema("spent", DataType.Decimal(10, 2)));
        await DefineAsync("spent", "SELECT user_id, TIMESTAMPTZ '2020-01-01 00:00:00Z' AS event_time, amount AS spent FROM silver.purchases");

        using var answer = await Store.GetTrainingSetAsync(["spent"], Table(("user_id", new long[] { 2 }), ("event_timestamp", new[] { At(1) })), cancellationToken: Cancel);

        Assert.Equal([3m], answer.GetColumn<decimal?>("spent"));
    }

    [Fact]
    public async Task A_query_runs_once_for_all_moments_of_a_timed_read()
    {
        await RegisterAsync(new FeatureSchema("chance", DataType.Double));
        await DefineAsync("chance", "SELECT user_id, TIMESTAMPTZ '2020-01-01 00:00:00Z' AS event_time, random() AS chance FROM silver.users");

        using var answer = await Store.GetTrainingSetAsync(["chance"], Spine(), cancellationToken: Cancel);

        var chances = answer.GetColumn<double?>("chance");
        Assert.NotNull(chances[0]);
        Assert.Equal(chances[0], chances[1]);
        Assert.Equal(chances[0], chances[2]);
    }

    private FeatureTable Spine() => Table(
        ("user_id", new long[] { 1, 1, 1, 2, 9 }), ("event_timestamp", new[] { At(1).AddSeconds(-1), At(1), At(9), At(9), At(9) }));
}
