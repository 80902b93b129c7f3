namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>The documentation that this library began from described more than its code did. What went wrong there has a test here, so that it cannot come back.</summary>
public sealed class OriginalDefectsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-original-").FullName;
    private readonly MaterializedFeatureStore _store;

    public OriginalDefectsTests() => _store = new MaterializedFeatureStore(new FeatureStoreContext(_folder));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _store.RegisterFeaturesAsync(new FeatureGroupSchema("user_features")
        {
            Version = 1,
            EntityKeys = ["user_id"],
            TimestampKey = "event_timestamp",
            Features = [new("age", DataType.Int, FeatureType.Numerical) { Nullable = false }, new("region", DataType.String)],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<WriteResult> WriteAsync(string[] users, int[] ages) => _store.WriteFeaturesAsync(
        "user_features",
        new Dictionary<string, Array>
        {
            ["user_id"] = users,
            ["event_timestamp"] = users.Select((_, i) => Start.AddDays(i)).ToArray(),
            ["age"] = ages,
            ["region"] = users.Select(user => $"of {user}").ToArray(),
        },
        cancellationToken: Token);

    [Fact]
    public async Task Names_without_a_group_work()
    {
        await WriteAsync(["a"], [30]);
        using var features = await _store.GetFeaturesAsync(["age", "region"], new Dictionary<string, Array> { ["user_id"] = new[] { "a" } }, cancellationToken: Token);
        Assert.Equal([30], features.GetColumn<int>("age"));
    }

    [Fact]
    public async Task A_dictionary_with_keys_and_times_is_written() => Assert.Equal(2, (await WriteAsync(["a", "b"], [30, 40])).RowCount);

    [Fact]
    public async Task Every_form_of_input_is_validated()
    {
        using var table = FeatureTable.FromColumns(("user_id", new[] { "a" }), ("event_timestamp", new[] { Start }), ("age", new int?[] { null }));
        await Assert.ThrowsAsync<SchemaValidationException>(() => _store.WriteFeaturesAsync("user_features", table, cancellationToken: Token));
        await Assert.ThrowsAsync<SchemaValidationException>(() =>
            _store.WriteFeaturesAsync("user_features", [new { user_id = "a", event_timestamp = Start, age = 1, unknown = 2 }], cancellationToken: Token));
    }

    [Fact]
    public async Task A_moment_in_the_past_has_one_row_for_each_entity()
    {
        await WriteAsync(["a", "a", "a"], [30, 31, 32]);
        using var features = await _store.GetFeaturesAsync(["age"], new Dictionary<string, Array> { ["user_id"] = new[] { "a" } }, Start.AddDays(1), cancellationToken: Token);
        Assert.Equal([31], features.GetColumn<int>("age"));
    }

    [Theory]
    [InlineData("x' OR '1'='1")]
    [InlineData("'; DROP TABLE user_features; --")]
    [InlineData("u1) OR (1=1")]
    public async Task A_hostile_value_is_a_value(string user)
    {
        await WriteAsync(["a", user], [30, 40]);
        using var features = await _store.GetFeaturesAsync(["age"], new Dictionary<string, Array> { ["user_id"] = new[] { user, "x" } }, cancellationToken: Token);
        Assert.Equal([40, null], features.GetColumn<int?>("age"));
    }

    [Fact]
    public async Task A_moment_without_entities_has_every_entity()
    {
        await WriteAsync(["b", "a"], [30, 40]);
        using var features = await _store.GetFeaturesAsync(["age"], pointInTime: Start.AddDays(9), cancellationToken: Token);
        Assert.Equal(["a", "b"], features.GetColumn<string>("user_id"));
    }

    [Fact]
    public async Task An_answer_carries_its_keys_and_an_unknown_entity_stays()
    {
        await WriteAsync(["a"], [30]);
        using var features = await _store.GetFeaturesAsync(["age"], new Dictionary<string, Array> { ["user_id"] = new[] { "nobody", "a" } }, cancellationToken: Token);
        Assert.Equal(["nobody", "a"], features.GetColumn<string>("user_id"));
        Assert.Equal([null, 30], features.GetColumn<int?>("age"));
    }

    [Fact]
    public async Task A_group_that_fails_is_not_left_out_silently()
    {
        await WriteAsync(["a"], [30]);
        foreach (var file in Directory.GetFiles(_folder, "*.parquet", SearchOption.AllDirectories)) File.Delete(file);
        await Assert.ThrowsAsync<FeatureMaterializationException>(() =>
            _store.GetFeaturesAsync(["age"], new Dictionary<string, Array> { ["user_id"] = new[] { "a" } }, cancellationToken: Token));
    }

    [Fact]
    public async Task A_second_version_leaves_the_first_readable()
    {
        await WriteAsync(["a"], [30]);
        var second = _store.Metadata.GetFeatureGroup("user_features") with
        {
            Version = 2,
            Features = [new("age", DataType.Double)],
        };
        await _store.RegisterFeaturesAsync(second, Token);
        await _store.WriteFeaturesAsync("user_features@2", [new { user_id = "a", event_timestamp = Start, age = 30.5 }], cancellationToken: Token);
        using var features = await _store.GetFeaturesAsync(
            ["user_features@1.age as before", "user_features.age"], new Dictionary<string, Array> { ["user_id"] = new[] { "a" } }, cancellationToken: Token);
        Assert.Equal([30], features.GetColumn<int>("before"));
        Assert.Equal([30.5], features.GetColumn<double>("age"));
    }

    [Fact]
    public async Task An_empty_registry_is_healthy()
    {
        var folder = Directory.CreateTempSubdirectory("tauro-original-").FullName;
        await using (var store = new MaterializedFeatureStore(new FeatureStoreContext(folder)))
        {
            var report = await store.CheckHealthAsync(Token);
            Assert.True(report.IsHealthy, report.ToString());
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_store_of_a_process_sees_what_another_registered()
    {
        await WriteAsync(["a"], [30]);
        await using var other = new MaterializedFeatureStore(new FeatureStoreContext(_folder));
        using var features = await other.GetFeaturesAsync(["age"], cancellationToken: Token);
        Assert.Equal([30], features.GetColumn<int>("age"));
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("..")]
    [InlineData("/tmp")]
    [InlineData("a/b")]
    public async Task A_group_name_is_no_path(string name)
    {
        await Assert.ThrowsAsync<SchemaValidationException>(() => _store.WriteFeaturesAsync(name, [new { user_id = "a" }], cancellationToken: Token));
        Assert.Throws<SchemaValidationException>(() => new FeatureGroupSchema(name));
    }

    [Fact]
    public async Task Registering_the_documented_schema_works()
    {
        var schema = new FeatureGroupSchema("documented")
        {
            Version = 1,
            EntityKeys = ["user_id"],
            TimestampKey = "event_timestamp",
            Description = "Core user demographic and behavioral features",
            Features =
            [
                new FeatureSchema("age", DataType.Int, FeatureType.Numerical)
                {
                    Description = "User age in years",
                    Nullable = false,
                    Metadata = new Dictionary<string, object?> { ["min"] = 0, ["max"] = 150, ["unit"] = "years" },
                },
            ],
            Tags = new Dictionary<string, string> { ["team"] = "data-science", ["environment"] = "production" },
        };
        await _store.RegisterFeaturesAsync(schema, Token);
        Assert.Contains("documented", _store.Metadata.ListFeatureGroups());
        Assert.Equal("years", _store.Metadata.GetFeature("documented", "age").Metadata["unit"]);
    }

    [Fact]
    public void An_unknown_storage_format_lists_what_there_is()
    {
        var error = Assert.Throws<FeatureMaterializationException>(() => new MaterializedFeatureStore(new FeatureStoreContext(_folder), storageFormat: "csv"));
        Assert.Contains("parquet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_in_the_metadata_are_enforced_where_the_group_asks_for_it()
    {
        await _store.RegisterFeaturesAsync(
            new FeatureGroupSchema("ruled")
            {
                EntityKeys = ["user_id"],
                TimestampKey = "at",
                EnforceMetadataRules = true,
                Features =
                [
                    new("age", DataType.Int) { Metadata = new Dictionary<string, object?> { ["min"] = 0, ["max"] = 150 } },
                    new("region", DataType.String) { Metadata = new Dictionary<string, object?> { ["allowed"] = new[] { "north", "south" } } },
                ],
            },
            Token);
        await _store.WriteFeaturesAsync("ruled", [new { user_id = 1, at = Start, age = (int?)150, region = "north" }, new { user_id = 1, at = Start, age = (int?)null, region = "south" }], cancellationToken: Token);
        var old = await Assert.ThrowsAsync<SchemaValidationException>(() => _store.WriteFeaturesAsync("ruled", [new { user_id = 1, at = Start, age = 151, region = "north" }], cancellationToken: Token));
        Assert.Contains("max = 150", old.Message, StringComparison.Ordinal);
        var west = await Assert.ThrowsAsync<SchemaValidationException>(() => _store.WriteFeaturesAsync("ruled", [new { user_id = 1, at = Start, age = 1, region = "west" }], cancellationToken: Token));
        Assert.Equal(("region", 0L), (west.Column, west.Row));
    }
}
