using Microsoft.Extensions.Time.Testing;

namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class FeatureLookupTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tauro-lookup-");
    private readonly FakeTimeProvider _clock = new(Start);
    private readonly MaterializedFeatureStore _store;

    public FeatureLookupTests() => _store = new MaterializedFeatureStore(new FeatureStoreContext(_folder.FullName) { TimeProvider = _clock });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_answers_as_the_store_does_at_every_moment()
    {
        await RegisterAsync(new FeatureGroupSchema("users")
        {
            EntityKeys = [new EntityKey("id", DataType.BigInt)], TimestampKey = "at", AvailabilityDelay = TimeSpan.FromHours(1), Lookback = TimeSpan.FromHours(6),
            Features = [new FeatureSchema("score", DataType.Double)],
        });
        await WriteAsync("users", [1, 1, 1, 2, 3], [-3, 2, 2, -5, 30], [10, 11, 12, null, 13]);
        await using var lookup = await _store.CreateLookupAsync(["score"], new LookupOptions { MaxStaleness = TimeSpan.FromDays(30) }, Token);
        for (var hour = 0; hour < 40; hour++)
        {
            using var entities = FeatureTable.FromColumns(("id", new long?[] { 3, 1, null, 2, 9, 1 }), ("tag", new[] { "a", "b", "c", "d", "e", "f" }));
            using var expected = await _store.GetFeaturesAsync(["score"], entities, cancellationToken: Token);
            using var found = lookup.GetFeatures(entities);
            Assert.Equal(expected.ToString(), found.ToString());
            Assert.Equal(expected.GetColumn<double?>("score"), found.GetColumn<double?>("score"));
            Assert.Equal(expected.GetColumn<double?>("score")[1], lookup.Get(1).Get<double?>("score"));
            Assert.Equal(expected.GetColumn<double?>("score")[0], lookup.Get(3).Get<double?>(0));
            _clock.Advance(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    public async Task A_commit_is_taken_in_within_the_staleness_that_is_allowed()
    {
        await RegisterAsync(Simple("users"));
        await WriteAsync("users", [1], [-1], [10]);
        await using var lookup = await _store.CreateLookupAsync(["score"], new LookupOptions { MaxStaleness = TimeSpan.FromSeconds(40) }, Token);
        await WriteAsync("users", [1, 2], [-1, -1], [11, 20]);
        Assert.Equal(10, lookup.Get(1).Get<double>(0));
        Assert.False(lookup.Get(2).IsFound);
        for (var wait = 0; wait < 1000 && !lookup.Get(2).IsFound; wait++)
        {
            if (wait < 2) _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(10, Token);
        }

        Assert.Equal((11, 20), (lookup.Get(1).Get<double>(0), lookup.Get(2).Get<double>(0)));
    }

    [Fact]
    public async Task It_refuses_to_be_staler_than_allowed()
    {
        await RegisterAsync(Simple("users"));
        await WriteAsync("users", [1], [-1], [10]);
        await using var lookup = await _store.CreateLookupAsync(["score"], new LookupOptions { MaxStaleness = TimeSpan.FromSeconds(40) }, Token);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "users", "v1", "_delta_log", "00000000000000000001.json"), "no commit", Token);
        _clock.Advance(TimeSpan.FromSeconds(41));
        var refused = Assert.Throws<FeatureMaterializationException>(() => lookup.Get(1));
        Assert.Contains("has not seen its tables", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_of_the_same_keys_are_answered_each_on_its_own()
    {
        await RegisterAsync(Simple("users", "score"), Simple("orders", "total"));
        await WriteAsync("users", [1, 2], [-1, -1], [10, 20]);
        await WriteAsync("orders", [2, 3], [-1, -1], [200, 300], "total");
        await using var lookup = await _store.CreateLookupAsync(["orders.total as sum", "users.score"], cancellationToken: Token);
        Assert.Equal(["sum", "score"], lookup.FeatureNames);
        Assert.Equal([(null, 10d), (200d, 20d), (300d, null), (null, null)], new[] { 1L, 2, 3, 4 }.Select(id => lookup.Get(id)).Select(row => (row.Get<double?>("sum"), row.Get<double?>("SCORE"))));
    }

    [Fact]
    public async Task Text_keys_and_groups_never_written_work()
    {
        await RegisterAsync(new FeatureGroupSchema("shops")
        {
            EntityKeys = [new EntityKey("shop", DataType.String)], IsStatic = true, Features = [new FeatureSchema("name", DataType.String)],
        });
        await using var lookup = await _store.CreateLookupAsync(["name"], cancellationToken: Token);
        Assert.False(lookup.Get("grün").IsFound);
        await _store.WriteFeaturesAsync("shops", new Dictionary<string, Array> { ["shop"] = new[] { "grün", "blau", "grün" }, ["name"] = new[] { "A", "B", "C" } }, cancellationToken: Token);
        await lookup.RefreshAsync(Token);
        Assert.Equal("C", lookup.Get("grün").Get<string?>(0));
        Assert.Null(lookup.Get(new string('x', 500)).Get<string?>(0));
        Assert.Throws<SchemaValidationException>(() => lookup.Get(1));
    }

    [Fact]
    public async Task Different_keys_are_refused()
    {
        await RegisterAsync(Simple("users"), new FeatureGroupSchema("shops")
        {
            EntityKeys = [new EntityKey("shop", DataType.BigInt)], IsStatic = true, Features = [new FeatureSchema("name", DataType.String)],
        });
        await Assert.ThrowsAsync<SchemaValidationException>(() => _store.CreateLookupAsync(["score", "name"], cancellationToken: Token));
    }

    [Fact]
    public async Task A_call_for_one_entity_allocates_nothing()
    {
        await RegisterAsync(Simple("users"));
        await WriteAsync("users", [1, 2], [-1, -1], [10, 20]);
        await using var lookup = await _store.CreateLookupAsync(["score"], cancellationToken: Token);
        for (var call = 0; call < 100; call++) Assert.Equal(20, lookup.Get(2).Get<double?>(0));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0.0;
        for (var call = 0; call < 1000; call++) sum += lookup.Get(2).Get<double?>(0) ?? 0;
        Assert.Equal((20_000, 0), (sum, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static FeatureGroupSchema Simple(string name, string feature = "score") => new(name)
    {
        EntityKeys = [new EntityKey("id", DataType.BigInt)], TimestampKey = "at", Features = [new FeatureSchema(feature, DataType.Double)],
    };

    private async Task RegisterAsync(params FeatureGroupSchema[] groups)
    {
        foreach (var group in groups) await _store.RegisterFeaturesAsync(group, Token);
    }

    private Task<WriteResult> WriteAsync(string group, long[] ids, int[] hours, double?[] values, string feature = "score") => _store.WriteFeaturesAsync(
        group,
        new Dictionary<string, Array> { ["id"] = ids, ["at"] = hours.Select(hour => Start.AddHours(hour)).ToArray(), [feature] = values },
        cancellationToken: Token);
}
