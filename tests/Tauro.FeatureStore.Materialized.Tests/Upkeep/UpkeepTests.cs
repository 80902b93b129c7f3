using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>Compaction, vacuum, restore, checkpoints, log clean-up, deletion, and input that comes as a stream.</summary>
public sealed class UpkeepTests : IAsyncLifetime
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _folder.RegisterAsync();

    [Fact]
    public async Task Compaction_leaves_few_files_and_all_rows_and_then_nothing_to_do()
    {
        for (var i = 0; i < 10; i++) await _folder.AppendAsync((i % 3, i, i), (5, i, i));
        var before = await _folder.ReadAllAsync();
        var compacted = await _folder.Store.CompactAsync("users", cancellationToken: Token);
        var again = await _folder.Store.CompactAsync("users", cancellationToken: Token);

        Assert.Equal(new CompactionResult(10, 1, 10), compacted);
        Assert.Equal(new CompactionResult(1, 1, 10), again);
        Assert.Equal(before, await _folder.ReadAllAsync());
    }

    [Fact]
    public async Task Files_of_a_compacted_table_are_in_order_and_are_left_alone()
    {
        for (var i = 0; i < 6; i++) await _folder.AppendAsync((1, i, i), (1, i, i + 100), (2, i, i));
        var compacted = await _folder.Store.CompactAsync("users", rowsPerFile: 5, Token);
        Assert.Equal(4, compacted.FilesAfter);
        Assert.Equal(compacted.Version, (await _folder.Store.CompactAsync("users", rowsPerFile: 5, Token)).Version);
        Assert.Equal([(1, 0, 0), (1, 0, 100), (1, 1, 1), (1, 1, 101)], (await _folder.ReadAllAsync()).Take(4));
    }

    [Fact]
    public async Task A_merge_rewrites_only_files_whose_rows_it_replaces()
    {
        await _folder.AppendAsync([.. Enumerable.Range(0, 100).Select(i => ((long)i, 0, i))]);
        await _folder.AppendAsync([.. Enumerable.Range(100, 100).Select(i => ((long)i, 0, i))]);
        var before = _folder.DataFiles();
        await _folder.WriteAsync(WriteMode.Merge, (150, 0, -1), (120, 1, -2), (50, 1, -3));
        await _folder.Store.VacuumAsync("users", TimeSpan.Zero, Token);
        _folder.Clock.Advance(TimeSpan.FromSeconds(1));
        await _folder.Store.VacuumAsync("users", TimeSpan.Zero, Token);

        Assert.Single(before.Intersect(_folder.DataFiles()));
        Assert.Equal(202, (await _folder.ReadAllAsync()).Length);
    }

    [Fact]
    public async Task A_merge_of_nothing_new_rewrites_nothing()
    {
        await _folder.AppendAsync((1, 0, 31), (2, 0, 41));
        var before = _folder.DataFiles();
        await _folder.WriteAsync(WriteMode.Merge, (1, 0, 31), (2, 0, 41));
        Assert.Equal(before, _folder.DataFiles());
    }

    [Fact]
    public async Task A_vacuum_keeps_what_the_retention_asks_for_and_takes_orphans()
    {
        await _folder.AppendAsync((1, 0, 31));
        var first = _folder.DataFiles()[0];
        await File.WriteAllTextAsync(Path.Combine(_folder.Table, "part-orphan.snappy.parquet"), "torn", Token);
        await _folder.WriteAsync(WriteMode.Overwrite, (1, 0, 32));
        _folder.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(0, (await _folder.Store.VacuumAsync("users", TimeSpan.FromDays(2), Token)).FilesDeleted);
        Assert.Equal([(1, 0, 31)], await StoreFolder.ReadAllAsync(_folder.Store, new RetrievalOptions { AsOfVersion = 0 }));
        Assert.Equal(2, (await _folder.Store.VacuumAsync("users", TimeSpan.FromHours(1), Token)).FilesDeleted);
        Assert.DoesNotContain(first, _folder.DataFiles());
        Assert.Equal([(1, 0, 32)], await _folder.ReadAllAsync());
        var gone = await Assert.ThrowsAsync<FeatureMaterializationException>(() => StoreFolder.ReadAllAsync(_folder.Store, new RetrievalOptions { AsOfVersion = 0 }));
        Assert.Contains("vacuumed", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_is_restored_with_its_created_times_and_its_order()
    {
        await _folder.AppendAsync((1, 0, 31));
        var second = await _folder.AppendAsync((1, 0, 32));
        await _folder.WriteAsync(WriteMode.Overwrite, (2, 0, 41));
        var version = await _folder.Store.RestoreAsync("users", second.SnapshotVersion, Token);

        Assert.Equal(3, version);
        Assert.Equal([(1, 0, 31), (1, 0, 32)], await _folder.ReadAllAsync());
        using var known = await _folder.Store.GetTrainingSetAsync(
            ["age"], FeatureTable.FromColumns(("user_id", new[] { 1L }), ("event_timestamp", new[] { second.CreatedTime })), options: new RetrievalOptions { KnownAsOf = true }, cancellationToken: Token);
        Assert.Equal([32], known.GetColumn<int>("age"));
    }

    [Fact]
    public async Task Checkpoints_come_by_themselves_and_old_commits_go()
    {
        for (var i = 0; i < 45; i++) await _folder.AppendAsync((i, 0, i));
        Assert.Contains("00000000000000000019.checkpoint.parquet", _folder.LogFiles());
        Assert.Contains("_last_checkpoint", _folder.LogFiles());
        Assert.Equal(45, (await _folder.ReadAllAsync()).Length);

        _folder.Clock.Advance(TimeSpan.FromDays(40));
        for (var i = 45; i < 60; i++) await _folder.AppendAsync((i, 0, i));
        Assert.DoesNotContain("00000000000000000000.json", _folder.LogFiles());
        Assert.Equal(60, (await _folder.ReadAllAsync()).Length);

        var info = await _folder.Store.GetStorageInfoAsync("users", Token);
        Assert.Equal((60, 60L, 59L), (info.FileCount, info.RowCount, info.Version));
        Assert.Equal(info.Versions[0].Version + info.Versions.Count - 1, info.Version);
        await using var other = _folder.Open();
        Assert.Equal(59, (await other.GetStorageInfoAsync("users", Token)).Version);
    }

    [Fact]
    public async Task A_checkpoint_keeps_created_times_write_order_and_marks()
    {
        await _folder.WriteAsync(new WriteOptions { TransactionId = "batch" }, (1, 0, 31));
        var second = await _folder.AppendAsync((1, 0, 32));
        await _folder.WriteAsync(WriteMode.Merge, (2, 0, 41));
        for (var i = 0; i < 40; i++) await _folder.AppendAsync((3, i, i));
        await _folder.Store.CompactAsync("users", cancellationToken: Token);
        for (var i = 0; i < 40; i++) await _folder.AppendAsync((4, i, i));

        await using var other = _folder.Open();
        Assert.True(await other.HasTransactionAsync("users", "batch", Token));
        using var known = await other.GetTrainingSetAsync(
            ["age"], FeatureTable.FromColumns(("user_id", new[] { 1L, 1L, 2L }), ("event_timestamp", new[] { second.CreatedTime, second.CreatedTime.AddTicks(-10), second.CreatedTime })),
            options: new RetrievalOptions { KnownAsOf = true }, cancellationToken: Token);
        Assert.Equal([32, 31, null], known.GetColumn<int?>("age"));
    }

    [Fact]
    public async Task A_deleted_group_is_gone_for_every_process_and_may_come_again()
    {
        await using var other = _folder.Open();
        await _folder.AppendAsync((1, 0, 31));
        Assert.Single(await _folder.ReadAllAsync());
        await other.Metadata.RefreshAsync(Token);
        Assert.Single(await StoreFolder.ReadAllAsync(other));
        await _folder.Store.DeleteFeatureGroupAsync("users", Token);

        Assert.Empty(_folder.DataFiles());
        Assert.Empty(await StoreFolder.ReadAllAsync(other));
        await Assert.ThrowsAsync<FeatureGroupNotFoundException>(() => _folder.AppendAsync((1, 0, 31)));
        await Assert.ThrowsAsync<FeatureGroupNotFoundException>(() => other.WriteFeaturesAsync("users", StoreFolder.Rows((1, 0, 31)), cancellationToken: Token));
        await _folder.RegisterAsync();
        Assert.Empty(await _folder.ReadAllAsync());
        await _folder.AppendAsync((7, 0, 71));
        Assert.Equal([(7, 0, 71)], await _folder.ReadAllAsync());
        Assert.Equal([(7, 0, 71)], await StoreFolder.ReadAllAsync(other));
    }

    [Fact]
    public async Task A_stream_of_batches_is_written_in_one_commit()
    {
        var result = await _folder.Store.WriteFeaturesAsync("users", Batches(), cancellationToken: Token);
        Assert.Equal((0L, 300L), (result.SnapshotVersion, result.RowCount));
        Assert.Equal(300, (await _folder.ReadAllAsync()).Length);

        var refused = await Assert.ThrowsAsync<SchemaValidationException>(() => _folder.Store.WriteFeaturesAsync("users", Batches(tail: FeatureTable.FromColumns(
            ("user_id", new long?[] { 1, null }), ("event_time", new[] { StoreFolder.At(0), StoreFolder.At(0) }))), cancellationToken: Token));
        Assert.Equal(301, refused.Row);
        Assert.Equal(300, (await _folder.ReadAllAsync()).Length);
        Assert.Single(_folder.DataFiles());

        static async IAsyncEnumerable<RecordBatch> Batches(FeatureTable? tail = null)
        {
            for (var i = 0; i < 3; i++)
            {
                await Task.Yield();
                yield return StoreFolder.Rows([.. Enumerable.Range(0, 100).Select(row => ((long)row, i, row))]).Batches[0];
            }

            if (tail is not null) yield return tail.Batches[0];
        }
    }

    [Fact]
    public async Task A_data_reader_is_written_in_one_commit()
    {
        await using var connection = new DuckDB.NET.Data.DuckDBConnection("DataSource=:memory:");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT range AS user_id, TIMESTAMP '2024-01-01' AS event_time, CAST(range AS INTEGER) AS age FROM range(100000)";
        await using var reader = await command.ExecuteReaderAsync(Token);
        var result = await _folder.Store.WriteFeaturesAsync("users", reader, cancellationToken: Token);
        Assert.Equal((0L, 100_000L), (result.SnapshotVersion, result.RowCount));
        Assert.Equal(100_000, (await _folder.Store.GetStorageInfoAsync("users", Token)).RowCount);
    }

    [Fact]
    public async Task A_feature_is_added_and_a_not_null_dropped_without_a_rewrite()
    {
        var strict = StoreFolder.Users with { Version = 2, Features = [new FeatureSchema("age", DataType.Int) { Nullable = false }] };
        await _folder.Store.RegisterFeaturesAsync(strict, Token);
        using (var rows = StoreFolder.Rows((1, 0, 31))) await _folder.Store.WriteFeaturesAsync("users", rows, cancellationToken: Token);
        var before = _folder.DataFiles(version: 2);
        await _folder.Store.RegisterFeaturesAsync(strict with
        {
            Features = [new FeatureSchema("age", DataType.Int), new FeatureSchema("city", DataType.String)],
        }, Token);
        await using var other = _folder.Open();
        await other.WriteFeaturesAsync("users", FeatureTable.FromColumns(("user_id", new[] { 2L }), ("event_time", new[] { StoreFolder.At(0) }), ("city", new[] { "Oslo" })), cancellationToken: Token);
        using var latest = await _folder.Store.GetFeaturesAsync(["users.age", "users.city"], cancellationToken: Token);
        Assert.Equal([31, null], latest.GetColumn<int?>("age"));
        Assert.Equal([null, "Oslo"], latest.GetColumn<string?>("city"));
        Assert.Subset(_folder.DataFiles(version: 2).ToHashSet(), before.ToHashSet());
        Assert.Equal(2, (await _folder.Store.GetStorageInfoAsync("users", Token)).FileCount);

        await _folder.WriteAsync(WriteMode.Merge, (1, 0, 32));
        await _folder.Store.CompactAsync("users", cancellationToken: Token);
        using var merged = await _folder.Store.GetFeaturesAsync(["users.age", "users.city"], cancellationToken: Token);
        Assert.Equal([32, null], merged.GetColumn<int?>("age"));
        Assert.Equal([null, "Oslo"], merged.GetColumn<string?>("city"));
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();
}
