namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class SavedTrainingSetTests : IAsyncLifetime
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static FeatureGroupSchema Profiles { get; } = new("profiles")
    {
        EntityKeys = [new EntityKey("user_id", DataType.BigInt)],
        TimestampKey = "event_time",
        Features = [new FeatureSchema("city", DataType.String), new FeatureSchema("scores", DataType.Array(DataType.Double)), new FeatureSchema("active", DataType.Boolean)],
    };

    public async ValueTask InitializeAsync()
    {
        await _folder.RegisterAsync();
        await _folder.Store.RegisterFeaturesAsync(Profiles, Token);
        await _folder.AppendAsync((1, 0, 10), (2, 0, 20), (1, 5, 11));
        await WriteProfilesAsync("Lima", "Oslo");
    }

    public async ValueTask DisposeAsync() => await _folder.DisposeAsync();

    [Fact]
    public async Task A_saved_training_set_comes_out_the_same_after_appends_merges_overwrites_and_compaction()
    {
        using var spine = Spine();
        var saved = await _folder.Store.SaveTrainingSetAsync("churn", ["users.age", "profiles.city as town", "scores", "active"], spine, options: new() { IncludeMatches = true }, cancellationToken: Token);
        Assert.Equal("churn@1", saved.QualifiedName);
        Assert.Equal(["users@1.age", "profiles@1.city as town", "profiles@1.scores", "profiles@1.active"], saved.Features.Select(feature => feature.ToString()));
        Assert.Equal(["profiles@1 0", "users@1 0"], saved.TableVersions.Select(table => $"{table.Key} {table.Value}"));
        using var first = await _folder.Store.RunTrainingSetAsync("churn", spine, Token);
        var expected = first.ToDisplayString();

        await _folder.AppendAsync((1, 6, 99), (2, 6, 98));
        await _folder.WriteAsync(WriteMode.Merge, (1, 5, 77), (2, 0, 78));
        await _folder.Store.CompactAsync("users", cancellationToken: Token);
        await _folder.WriteAsync(WriteMode.Overwrite, (1, 0, 1));
        await WriteProfilesAsync("Rome", "Bonn");
        await _folder.Store.CompactAsync("profiles", cancellationToken: Token);

        await using var other = _folder.Open();
        using var again = await other.RunTrainingSetAsync("churn@1", spine, Token);
        Assert.Equal(expected, again.ToDisplayString());
        Assert.Equal(TableFingerprint.Of(first), TableFingerprint.Of(again));
        using var now = await other.GetTrainingSetAsync(["users.age"], spine, cancellationToken: Token);
        Assert.NotEqual(TableFingerprint.Of(first).Columns[2].Sha256, TableFingerprint.Of(now).Columns[2].Sha256);
    }

    [Fact]
    public async Task The_same_again_is_the_same_version_and_anything_else_the_next()
    {
        using var spine = Spine();
        Task<SavedTrainingSet> Save(RetrievalOptions? options = null) => _folder.Store.SaveTrainingSetAsync("churn", ["users.age"], spine, options: options, cancellationToken: Token);
        Assert.Equal(1, (await Save()).Version);
        Assert.Equal(1, (await Save()).Version);
        Assert.Equal(2, (await Save(new() { Lookback = TimeSpan.FromHours(2) })).Version);
        await _folder.AppendAsync((1, 6, 99));
        var third = await Save();
        Assert.Equal((3, 1L), (third.Version, third.TableVersions["users@1"]));
        var back = await Save(new() { AsOfVersion = 0 });
        Assert.Equal((4, 0L), (back.Version, back.TableVersions["users@1"]));

        await using var other = _folder.Open();
        await other.Metadata.RefreshAsync(Token);
        Assert.Equal(["churn"], other.Metadata.ListTrainingSets());
        Assert.Equal([1, 2, 3, 4], other.Metadata.GetTrainingSets("churn").Select(set => set.Version));
        Assert.Equal(third, other.Metadata.GetTrainingSet("churn@3"));
        Assert.Contains("training_set:churn@3", other.Metadata.GetDownstream("users.age"));
        Assert.Contains("users@1: version 1 of its table", other.Metadata.Describe("training_set:churn@3"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_spine_is_refused_and_what_differs_is_named()
    {
        using var spine = Spine();
        await _folder.Store.SaveTrainingSetAsync("churn", ["users.age"], spine, cancellationToken: Token);
        async Task<string> Refusal(FeatureTable other) => (await Assert.ThrowsAsync<SchemaValidationException>(() => _folder.Store.RunTrainingSetAsync("churn", other, Token))).Message;
        using var later = Spine(hour: 4);
        Assert.Contains("other values, or another order of rows, in 'event_timestamp'", await Refusal(later), StringComparison.Ordinal);
        using var longer = FeatureTable.FromColumns(("user_id", new long[] { 1, 2, 1, 3, 3 }), ("event_timestamp", Enumerable.Repeat(StoreFolder.At(1), 5).ToArray()));
        Assert.Contains("5 rows instead of 4", await Refusal(longer), StringComparison.Ordinal);
        using var labelled = FeatureTable.FromColumns(("user_id", new long[] { 1, 2, 1, 3 }), ("label", new[] { 1, 2, 3, 4 }));
        Assert.Contains("columns (user_id BIGINT, label INT)", await Refusal(labelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_that_was_vacuumed_is_named()
    {
        using var spine = Spine();
        await _folder.Store.SaveTrainingSetAsync("churn", ["profiles.city", "users.age"], spine, cancellationToken: Token);
        await _folder.WriteAsync(WriteMode.Overwrite, (1, 0, 1));
        using (await _folder.Store.RunTrainingSetAsync("churn", spine, Token)) _folder.Clock.Advance(TimeSpan.FromDays(1));
        await _folder.Store.VacuumAsync("users", TimeSpan.Zero, Token);
        var error = await Assert.ThrowsAsync<FeatureMaterializationException>(() => _folder.Store.RunTrainingSetAsync("churn", spine, Token));
        Assert.Contains("'churn@1' cannot be made again", error.Message, StringComparison.Ordinal);
        Assert.Contains("users@1", error.Message, StringComparison.Ordinal);
        Assert.Contains("version 0 were vacuumed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_was_deleted_is_named()
    {
        using var spine = Spine();
        await _folder.Store.SaveTrainingSetAsync("churn", ["users.age"], spine, cancellationToken: Token);
        await _folder.Store.DeleteFeatureGroupAsync("users", Token);
        await Assert.ThrowsAsync<FeatureGroupNotFoundException>(() => _folder.Store.RunTrainingSetAsync("churn", spine, Token));
        await _folder.RegisterAsync();
        await _folder.AppendAsync((1, 0, 10));
        var error = await Assert.ThrowsAsync<FeatureMaterializationException>(() => _folder.Store.RunTrainingSetAsync("churn", spine, Token));
        Assert.Contains("version 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_was_not_written_stays_empty_in_the_set()
    {
        using var spine = Spine();
        await _folder.Store.RegisterFeaturesAsync(Profiles with { Version = 2 }, Token);
        var saved = await _folder.Store.SaveTrainingSetAsync("churn", ["profiles.city", "users.age"], spine, cancellationToken: Token);
        Assert.Equal(-1, saved.TableVersions["profiles@2"]);
        await WriteProfilesAsync("Rome", "Bonn");
        using var again = await _folder.Store.RunTrainingSetAsync("churn", spine, Token);
        Assert.All(again.GetColumn<string?>("city"), city => Assert.Null(city));
    }

    [Fact]
    public async Task A_table_whose_files_were_replaced_is_noticed()
    {
        using var spine = Spine();
        await _folder.Store.SaveTrainingSetAsync("churn", ["users.age"], spine, cancellationToken: Token);
        await using (var elsewhere = new StoreFolder())
        {
            await elsewhere.RegisterAsync();
            await elsewhere.AppendAsync((1, 0, 15), (2, 0, 25), (1, 5, 16));
            Directory.Delete(_folder.Table, recursive: true);
            Directory.Move(elsewhere.Table, _folder.Table);
        }

        await using var other = _folder.Open();
        var error = await Assert.ThrowsAsync<FeatureMaterializationException>(() => other.RunTrainingSetAsync("churn", spine, Token));
        Assert.Contains("other values", error.Message, StringComparison.Ordinal);
        Assert.Contains("'age'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_was_not_saved_lists_those_that_were()
    {
        using var spine = Spine();
        Assert.Contains("none", (await Assert.ThrowsAsync<FeatureRegistryException>(() => _folder.Store.RunTrainingSetAsync("churn", spine, Token))).Message, StringComparison.Ordinal);
        await _folder.Store.SaveTrainingSetAsync("churn", ["users.age"], spine, cancellationToken: Token);
        Assert.Contains("churn", (await Assert.ThrowsAsync<FeatureRegistryException>(() => _folder.Store.RunTrainingSetAsync("other", spine, Token))).Message, StringComparison.Ordinal);
        Assert.Contains("no version 9", (await Assert.ThrowsAsync<FeatureRegistryException>(() => _folder.Store.RunTrainingSetAsync("churn@9", spine, Token))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SchemaValidationException>(() => _folder.Store.SaveTrainingSetAsync("../churn", ["users.age"], spine, cancellationToken: Token));
    }

    [Fact]
    public async Task An_empty_spine_is_saved_and_run()
    {
        using var spine = FeatureTable.FromColumns(("user_id", Array.Empty<long>()), ("event_timestamp", Array.Empty<DateTimeOffset>()));
        await _folder.Store.SaveTrainingSetAsync("none", ["users.age"], spine, cancellationToken: Token);
        using var again = await _folder.Store.RunTrainingSetAsync("none", spine, Token);
        Assert.Equal(0, again.RowCount);
    }

    private Task<WriteResult> WriteProfilesAsync(string one, string two) => _folder.Store.WriteFeaturesAsync("profiles", FeatureTable.FromColumns(
        ("user_id", new long[] { 1, 2 }), ("event_time", new[] { StoreFolder.At(0), StoreFolder.At(0) }), ("city", new[] { one, two }),
        ("scores", new double?[]?[] { [1.5, null], null }), ("active", new bool?[] { true, null })), WriteMode.Merge, Token);

    private static FeatureTable Spine(int hour = 7) => FeatureTable.FromColumns(
        ("user_id", new long[] { 1, 2, 1, 3 }), ("event_timestamp", new[] { StoreFolder.At(1), StoreFolder.At(hour), StoreFolder.At(hour), StoreFolder.At(hour) }));
}
