namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>Tables of a materialized store, read as Delta sources after every kind of write and upkeep.</summary>
public sealed class OwnTableTests : IAsyncDisposable
{
    private readonly DeltaFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Rows_are_those_of_the_store()
    {
        await using var store = new MaterializedFeatureStore(new FeatureStoreContext(Path.Combine(_folder.Root, "store")));
        var group = new FeatureGroupSchema("users")
        {
            EntityKeys = [new EntityKey("user_id", DataType.BigInt)],
            TimestampKey = "event_time",
            Features = [new FeatureSchema("age", DataType.Int), new FeatureSchema("vector", DataType.Array(DataType.Float))],
        };
        await store.RegisterFeaturesAsync(group, Token);
        await WriteAsync(store, WriteMode.Append, 0, 1, 2);
        _folder.Declare("gold.users", TableOf(_folder.Root));
        await AssertSameAsync(store);
        await WriteAsync(store, WriteMode.Append, 4, 5);
        await AssertSameAsync(store);
        await WriteAsync(store, WriteMode.Merge, 4, 9);
        await AssertSameAsync(store);
        await store.CompactAsync("users", cancellationToken: Token);
        await AssertSameAsync(store);
        await store.RegisterFeaturesAsync(group with { Features = [.. group.Features, new FeatureSchema("city", DataType.String)] }, Token);
        await WriteAsync(store, WriteMode.Append, 10);
        await store.CheckpointAsync("users", DateTimeOffset.MaxValue, Token);
        await AssertSameAsync(store);
        await WriteAsync(store, WriteMode.Append, 11, 12);
        await AssertSameAsync(store);

        // Somebody who comes later begins with the checkpoint.
        await using var later = new DuckDBQueryExecutor(
            new FeatureStoreContext(Path.Combine(_folder.Root, "nothing")), new DuckDBOptions { Sources = new Dictionary<string, DuckDBSource> { ["t"] = DuckDBSource.Delta(TableOf(_folder.Root)) } });
        using var rows = await later.ExecuteAsync("SELECT count(*) AS n FROM t", cancellationToken: Token);
        Assert.Equal(await _folder.CountAsync("SELECT count(*) FROM gold.users"), rows.GetColumn<long>("n").Single());
        await WriteAsync(store, WriteMode.Overwrite);
        Assert.Equal(0, await _folder.CountAsync("SELECT count(*) FROM gold.users"));
    }

    private static string TableOf(string root) =>
        Path.GetDirectoryName(Directory.GetDirectories(root, "_delta_log", SearchOption.AllDirectories).Single(path => path.Contains("users", StringComparison.Ordinal)))!;

    private static DateTimeOffset At(long hour) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour);

    private static async Task WriteAsync(MaterializedFeatureStore store, WriteMode mode, params long[] users)
    {
        using var rows = FeatureTable.FromColumns(
            ("user_id", users), ("event_time", users.Select(At).ToArray()), ("age", users.Select(user => user == 2 ? (int?)null : (int)user + (mode == WriteMode.Merge ? 50 : 0)).ToArray()),
            ("vector", users.Select(user => new float[] { user, 0.5f }).ToArray()));
        await store.WriteFeaturesAsync("users", rows, new WriteOptions { Mode = mode }, Token);
    }

    private async Task AssertSameAsync(MaterializedFeatureStore store)
    {
        using var ours = await store.GetFeaturesAsync(["users.age", "users.vector"], cancellationToken: Token);
        using var all = await _folder.ReadAsync("SELECT * FROM gold.users ORDER BY user_id");
        Assert.Equal(["user_id", "event_time", "age", "vector"], all.ColumnNames.Take(4));
        Assert.DoesNotContain(all.ColumnNames, name => name.StartsWith("__", StringComparison.Ordinal));
        Assert.Equal(ours.GetColumn<long>("user_id"), all.GetColumn<long>("user_id"));
        Assert.Equal(ours.GetColumn<int?>("age"), all.GetColumn<int?>("age"));
        Assert.Equal(ours.GetColumn<float[]>("vector"), all.GetColumn<float[]>("vector"));
    }
}
