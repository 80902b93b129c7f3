using Microsoft.Extensions.Logging.Abstractions;

namespace Tauro.FeatureStore.Tests;

public sealed class FeatureStoreMetadataTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"tauro-{Guid.NewGuid():n}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static FeatureGroupSchema Users => new("users")
    {
        EntityKeys = [new EntityKey("user_id", DataType.BigInt)],
        TimestampKey = "at",
        CreatedTimestampKey = "learned",
        AvailabilityDelay = TimeSpan.FromMinutes(3),
        Lookback = TimeSpan.FromDays(2),
        Description = "Users \"quoted\" 日本",
        Owner = "crm",
        Tags = new Dictionary<string, string> { ["team"] = "growth" },
        EnforceMetadataRules = true,
        Features =
        [
            new FeatureSchema("age", DataType.Int, FeatureType.Numerical)
            {
                Description = "In years",
                Nullable = false,
                Metadata = new Dictionary<string, object?> { ["min"] = 0, ["max"] = 150.5, ["allowed"] = new[] { 1, 2 }, ["unit"] = "years", ["big"] = 1e300, ["no"] = null, ["yes"] = true },
            },
            new FeatureSchema("embedding", DataType.Array(DataType.Float)) { VectorLength = 3 },
        ],
    };

    public void Dispose()
    {
        if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task What_is_registered_survives_the_process_with_every_member()
    {
        using (var registry = await FeatureStoreMetadata.OpenAsync(_root, Token))
        {
            await registry.RegisterFeatureGroupAsync(Users, Token);
            await registry.SetLineageAsync("users.age", ["silver.users"], Token);
        }

        using var again = await FeatureStoreMetadata.OpenAsync(_root, Token);
        Assert.Equal(Users, again.GetFeatureGroup("users"));
        Assert.Equal(["users"], again.ListFeatureGroups());
        Assert.Equal(["age", "embedding"], again.ListFeatures("USERS"));
        Assert.Equal(Users.Features[0], again.GetFeature("users", "Age"));
        Assert.Equal(["silver.users"], again.GetLineage("users.age"));
    }

    [Fact]
    public async Task Two_processes_lose_no_change_of_each_other()
    {
        using var one = await FeatureStoreMetadata.OpenAsync(_root, Token);
        using var other = await FeatureStoreMetadata.OpenAsync(_root, Token);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : other).RegisterFeatureGroupAsync(
            new FeatureGroupSchema($"g{i}") { IsStatic = true, EntityKeys = ["k"], Features = [new FeatureSchema("f", DataType.Int)] }, Token)));
        await one.RefreshAsync(Token);
        await other.RefreshAsync(Token);
        Assert.Equal(40, one.ListFeatureGroups().Count);
        Assert.Equal(one.ListFeatureGroups(), other.ListFeatureGroups());
        Assert.Equal(40, Directory.GetFiles(Path.Combine(_root, "_registry")).Length);
    }

    [Fact]
    public async Task Registering_the_same_again_writes_nothing()
    {
        using var registry = await FeatureStoreMetadata.OpenAsync(_root, Token);
        await registry.RegisterFeatureGroupAsync(Users, Token);
        await registry.RegisterFeatureGroupAsync(Users with { Description = Users.Description }, Token);
        Assert.Single(Directory.GetFiles(Path.Combine(_root, "_registry")));
    }

    [Fact]
    public async Task A_compatible_change_is_taken_in_place()
    {
        using var registry = new FeatureStoreMetadata();
        await registry.RegisterFeatureGroupAsync(Users, Token);
        var changed = Users.AddFeature(new FeatureSchema("city", DataType.String)) with { Description = "new", Owner = "new", Tags = new Dictionary<string, string>() };
        await registry.RegisterFeatureGroupAsync(changed, Token);
        Assert.Equal(changed, registry.GetFeatureGroup("users", 1));
        Assert.Equal([1], registry.ListVersions("users"));
    }

    public static TheoryData<string, FeatureGroupSchema> Breaks => new()
    {
        { "removed", Users with { Features = [Users.Features[0]] } },
        { "retyped from INT to BIGINT", Users with { Features = [new FeatureSchema("age", DataType.BigInt) { Nullable = false }, Users.Features[1]] } },
        { "made non-nullable", Users with { Features = [Users.Features[0], new FeatureSchema("embedding", DataType.Array(DataType.Float)) { VectorLength = 3, Nullable = false }] } },
        { "not nullable", Users.AddFeature(new FeatureSchema("city", DataType.String) { Nullable = false }) },
        { "entity keys", Users with { EntityKeys = ["user_id", "shop_id"] } },
        { "event time", Users with { TimestampKey = "other" } },
        { "vector length", Users with { Features = [Users.Features[0], new FeatureSchema("embedding", DataType.Array(DataType.Float)) { VectorLength = 4 }] } },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_breaking_change_asks_for_the_next_version_and_says_why(string why, FeatureGroupSchema changed)
    {
        using var registry = new FeatureStoreMetadata();
        await registry.RegisterFeatureGroupAsync(Users, Token);
        var error = await Assert.ThrowsAsync<FeatureRegistryException>(() => registry.RegisterFeatureGroupAsync(changed, Token));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains("Version = 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(Users, registry.GetFeatureGroup("users"));

        await registry.RegisterFeatureGroupAsync(changed with { Version = 2 }, Token);
        Assert.Equal(changed with { Version = 2 }, registry.GetFeatureGroup("users"));
        Assert.Equal(Users, registry.GetFeatureGroup("users", 1));
    }

    [Fact]
    public async Task Versions_follow_one_another()
    {
        using var registry = new FeatureStoreMetadata();
        await registry.RegisterFeatureGroupAsync(Users, Token);
        await Assert.ThrowsAsync<FeatureRegistryException>(() => registry.RegisterFeatureGroupAsync(Users with { Version = 3 }, Token));
    }

    [Fact]
    public async Task A_miss_names_what_is_there()
    {
        using var registry = new FeatureStoreMetadata();
        Assert.Contains("none", Assert.Throws<FeatureGroupNotFoundException>(() => registry.GetFeatureGroup("nope")).Message, StringComparison.Ordinal);
        await registry.RegisterFeatureGroupAsync(Users, Token);
        Assert.Contains("users", Assert.Throws<FeatureGroupNotFoundException>(() => registry.GetFeatureGroup("nope")).Message, StringComparison.Ordinal);
        Assert.Contains("no version 7", Assert.Throws<FeatureGroupNotFoundException>(() => registry.GetFeatureGroup("users", 7)).Message, StringComparison.Ordinal);
        Assert.Contains("age, embedding", Assert.Throws<FeatureNotFoundException>(() => registry.GetFeature("users", "nope")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lineage_is_transitive_both_ways_and_has_no_cycles()
    {
        using var registry = new FeatureStoreMetadata();
        await registry.SetLineageAsync("users.age", ["silver.users", "silver.births"], Token);
        await registry.SetLineageAsync("scores.risk", ["users.age"], Token);
        Assert.Equal(["silver.births", "silver.users", "users.age"], registry.GetUpstream("scores.risk"));
        Assert.Equal(["scores.risk", "users.age"], registry.GetDownstream("silver.users"));
        await Assert.ThrowsAsync<FeatureRegistryException>(() => registry.SetLineageAsync("silver.users", ["scores.risk"], Token));
        await Assert.ThrowsAsync<SchemaValidationException>(() => registry.SetLineageAsync("a'; drop", [], Token));
    }

    [Fact]
    public async Task Search_finds_by_name_text_tag_owner_and_type()
    {
        using var registry = new FeatureStoreMetadata();
        await registry.RegisterFeatureGroupAsync(Users, Token);
        string[] Find(FeatureSearch search) => [.. registry.Search(search).Select(found => found.Feature.Name)];
        Assert.Equal(["age"], Find(new() { Name = "AG" }));
        Assert.Equal(["age"], Find(new() { Text = "years" }));
        Assert.Equal(["age", "embedding"], Find(new() { Text = "日本" }));
        Assert.Equal(["age", "embedding"], Find(new() { Tag = "team", TagValue = "growth" }));
        Assert.Empty(Find(new() { Tag = "team", TagValue = "other" }));
        Assert.Equal(["embedding"], Find(new() { Owner = "CRM", FeatureType = FeatureType.Vector }));
        Assert.Equal(["age"], Find(new() { DataType = DataType.Int }));
    }

    [Fact]
    public async Task A_garbled_commit_is_named()
    {
        using (var registry = await FeatureStoreMetadata.OpenAsync(_root, Token)) await registry.RegisterFeatureGroupAsync(Users, Token);
        await File.WriteAllTextAsync(Path.Combine(_root, "_registry", "00000000000000000001.json"), "{\"time\":\"x\",\"registerGroup\":{}}", Token);
        var error = await Assert.ThrowsAsync<MetadataException>(() => FeatureStoreMetadata.OpenAsync(_root, Token));
        Assert.Contains("00000000000000000001.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stores_of_one_context_share_the_registry()
    {
        var context = new FeatureStoreContext(_root);
        Assert.Same(FeatureStoreMetadata.Of(context), FeatureStoreMetadata.Of(context));
        Assert.NotSame(FeatureStoreMetadata.Of(context), FeatureStoreMetadata.Of(new FeatureStoreContext(_root)));
    }

    [Fact]
    public async Task A_registry_in_memory_follows_its_log_alone()
    {
        var log = new MemoryRegistryLog();
        using var one = new FeatureStoreMetadata(log, TimeProvider.System, NullLogger.Instance);
        using var other = new FeatureStoreMetadata(log, TimeProvider.System, NullLogger.Instance);
        await one.RegisterFeatureGroupAsync(Users, Token);
        Assert.Empty(other.ListFeatureGroups());
        Assert.Equal(Users, await other.ResolveGroupAsync("users", null, Token));
    }
}
