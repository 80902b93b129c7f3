using Microsoft.Extensions.Time.Testing;

namespace Tauro.FeatureStore.Tests;

/// <summary>Answers that are given again, and what makes the store compute them anew; and the time that a read may take.</summary>
public sealed class ResultCacheTests : ShopFixture
{
    private const string Bought = "SELECT user_id, count(*) AS bought FROM silver.purchases GROUP BY user_id";

    private readonly FakeTimeProvider _clock = new(At(20));

    [Fact]
    public async Task An_answer_is_given_again_until_its_time_is_over()
    {
        await using var engine = new CountedEngine(Executor);
        await using var store = await OpenAsync(engine, Bought);

        using var first = await ReadAsync(store, 1, 2);
        _clock.Advance(TimeSpan.FromMinutes(4));
        using var second = await ReadAsync(store, 1, 2);
        Assert.Equal(1, engine.Plans);
        _clock.Advance(TimeSpan.FromMinutes(1));
        using var third = await ReadAsync(store, 1, 2);

        Assert.Equal(2, engine.Plans);
        foreach (var answer in (FeatureTable[])[first, second, third]) Assert.Equal([2L, 1L], answer.GetColumn<long?>("bought"));
    }

    [Fact]
    public async Task Without_a_size_nothing_is_kept()
    {
        await using var engine = new CountedEngine(Executor);
        await using var store = await OpenAsync(engine, Bought, megabytes: 0);

        for (var i = 0; i < 2; i++) (await ReadAsync(store, 1)).Dispose();

        Assert.Equal(2, engine.Plans);
    }

    [Fact]
    public async Task Other_entities_moments_options_parameters_and_definitions_are_other_answers()
    {
        const string AsOf = "SELECT user_id, count(*) AS bought FROM silver.purchases WHERE bought_at <= $as_of AND amount > $least GROUP BY user_id";
        await using var engine = new CountedEngine(Executor);
        await using var store = await OpenAsync(engine, AsOf, parameters: new() { ["least"] = 1m });
        var asked = new List<Func<Task<FeatureTable>>>
        {
            () => ReadAsync(store, 1, 2),
            () => ReadAsync(store, 2, 1),
            () => ReadAsync(store, 1, 2, null),
            () => store.GetFeaturesAsync(["bought"], Keys(1, 2), At(2), cancellationToken: Cancel),
            () => store.GetFeaturesAsync(["bought"], Keys(1, 2), At(4), cancellationToken: Cancel),
            () => store.GetFeaturesAsync(["bought as n"], Keys(1, 2), At(4), cancellationToken: Cancel),
            () => store.GetFeaturesAsync(["bought"], Keys(1, 2), At(4), new RetrievalOptions { IncludeMatches = true }, Cancel),
            () => store.GetFeaturesAsync(["bought"], pointInTime: At(4), cancellationToken: Cancel),
        };

        foreach (var ask in asked) (await ask()).Dispose();
        var computed = engine.Plans;
        foreach (var ask in asked) (await ask()).Dispose();
        Assert.Equal(computed, engine.Plans);
        using (var moment = await asked[4]()) Assert.Equal([2L, null], moment.GetColumn<long?>("bought"));

        await DefineAsync(store, AsOf, new() { ["least"] = 2m });
        using var fewer = await ReadAsync(store, 1, 2);
        Assert.Equal([1L, 1L], fewer.GetColumn<long?>("bought"));
        await DefineAsync(store, Bought.Replace("count(*)", "-count(*)", StringComparison.Ordinal), []);
        using var negative = await ReadAsync(store, 1, 2);
        Assert.Equal([-2L, -1L], negative.GetColumn<long?>("bought"));
    }

    [Fact]
    public async Task A_table_that_was_declared_anew_is_read_anew()
    {
        await using var engine = new CountedEngine(Executor);
        await using var store = await OpenAsync(engine, Bought);
        (await ReadAsync(store, 1, 2)).Dispose();

        await Executor.DeclareTableAsync("silver.purchases", Table(("user_id", new long[] { 2 }), ("amount", new[] { 1m }), ("bought_at", new[] { At(1) })), Cancel);
        using var answer = await ReadAsync(store, 1, 2);

        Assert.Equal([null, 1L], answer.GetColumn<long?>("bought"));
    }

    [Fact]
    public async Task A_definitions_own_time_to_live_goes_before_that_of_the_store()
    {
        await using var engine = new CountedEngine(Executor);
        await using var store = await OpenAsync(engine, Bought);
        await store.DefineVirtualFeaturesAsync("user_features", [new VirtualFeatureDefinition(Bought, "bought") { TimeToLive = TimeSpan.FromSeconds(10) }], Cancel);

        (await ReadAsync(store, 1)).Dispose();
        _clock.Advance(TimeSpan.FromSeconds(11));
        (await ReadAsync(store, 1)).Dispose();

        Assert.Equal(2, engine.Plans);
    }

    [Fact]
    public async Task What_is_larger_than_the_cache_is_not_kept_and_answers_stay_whole()
    {
        await using var engine = new CountedEngine(Executor);
        await using var store = await OpenAsync(engine, "SELECT range AS user_id, range * 2 AS bought FROM range(200000)", megabytes: 1);
        long[] keys = [.. Enumerable.Range(0, 200_000)];

        for (var i = 0; i < 2; i++)
        {
            using var answer = await store.GetFeaturesAsync(["bought"], Table(("user_id", keys)), cancellationToken: Cancel);
            Assert.Equal(keys.Select(key => (long?)(key * 2)), answer.GetColumn<long?>("bought"));
        }

        Assert.Equal(2, engine.Plans);
    }

    [Fact]
    public async Task A_read_that_takes_too_long_is_stopped_and_says_how_long_it_waited()
    {
        await using var store = new VirtualizedFeatureStore(Context, Executor) { QueryTimeout = TimeSpan.FromMilliseconds(300) };
        await RegisterAsync(new FeatureSchema("bought", DataType.BigInt));
        await DefineAsync(store, "SELECT a.range % 3 AS user_id, CAST(sum(a.range + b.range) AS BIGINT) AS bought FROM range(10000000) a, range(10000000) b GROUP BY ALL", []);

        var error = await Assert.ThrowsAsync<QueryTimeoutException>(() => ReadAsync(store, 1));

        Assert.Equal(TimeSpan.FromMilliseconds(300), error.Timeout);
        Assert.Contains(nameof(VirtualizedFeatureStore.QueryTimeout), error.Message, StringComparison.Ordinal);
        using var after = await Executor.ExecuteAsync("SELECT 1 AS one", cancellationToken: Cancel);
        Assert.Equal(1, after.RowCount);
    }

    private async Task<VirtualizedFeatureStore> OpenAsync(IQueryExecutor engine, string sql, int megabytes = 8, Dictionary<string, object?>? parameters = null)
    {
        var store = new VirtualizedFeatureStore(new FeatureStoreContext(Context.FeatureStorePath) { TimeProvider = _clock }, engine) { CacheSizeMegabytes = megabytes };
        await store.RegisterFeaturesAsync(Group("user_features", new FeatureSchema("bought", DataType.BigInt)), Cancel);
        await DefineAsync(store, sql, parameters ?? []);
        return store;
    }

    private static Task DefineAsync(VirtualizedFeatureStore store, string sql, Dictionary<string, object?> parameters) =>
        store.DefineVirtualFeaturesAsync("user_features", [new VirtualFeatureDefinition(sql, "bought") { Parameters = parameters }], Cancel);

    private FeatureTable Keys(params long?[] keys) => Table(("user_id", keys));

    private Task<FeatureTable> ReadAsync(VirtualizedFeatureStore store, params long?[] keys) => store.GetFeaturesAsync(["bought"], Keys(keys), cancellationToken: Cancel);
}
