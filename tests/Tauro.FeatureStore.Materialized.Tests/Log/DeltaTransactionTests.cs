namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class DeltaTransactionTests : IDisposable
{
    private readonly TableFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_writers_of_one_version_one_wins()
    {
        await _folder.CreateAsync();
        var wins = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(
            () => _folder.NewLog().TryCommitAsync(1, [new DeltaTransactionId($"writer{writer}", 0, null)], Token), Token)));
        Assert.Single(wins, won => won);
        Assert.Equal(2, Directory.GetFiles(_folder.LogFolder).Length);
    }

    [Fact]
    public async Task No_append_of_many_racing_writers_is_lost()
    {
        const int writers = 8, commits = 12;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var log = _folder.NewLog();
            DeltaSnapshot? snapshot = null; // All of them find no table and make it.
            for (var i = 0; i < commits; i++)
            {
                var transaction = log.Begin(snapshot, "WRITE");
                if (snapshot is null) transaction.SetSchema(TableFolder.Schema);
                transaction.Add(TableFolder.File($"{writer}-{i}-0.parquet"));
                transaction.Add(TableFolder.File($"{writer}-{i}-1.parquet"));
                snapshot = (await transaction.CommitAsync(Token)).Snapshot;
            }
        }, Token)));

        var table = (await _folder.ReadAsync())!;
        Assert.Equal(writers * commits - 1, table.Version);
        Assert.Equal(Enumerable.Range(0, writers * commits).Select(version => (long)version), table.History.Select(version => version.Version));
        Assert.Equal(writers * commits * 2, table.Files.Select(file => file.Path).Distinct().Count());
        foreach (var (version, before) in table.History.Skip(1).Zip(table.History)) Assert.True(version.CreatedTimeMicros > before.CreatedTimeMicros);
        foreach (var pair in table.Files.Chunk(2))
        {
            Assert.Equal(pair[0].CommitVersion, pair[1].CommitVersion);
            Assert.Equal(pair[0].Path.Replace("-0.parquet", "-1.parquet", StringComparison.Ordinal), pair[1].Path);
            Assert.All(pair, file => Assert.Equal(table.History[(int)file.CommitVersion].CreatedTimeMicros, file.CreatedTimeMicros));
        }

        for (var writer = 0; writer < writers; writer++) // Each writer's own order is kept.
            Assert.Equal(Enumerable.Range(0, commits).Select(i => $"{writer}-{i}-0.parquet"),
                table.Files.Select(file => file.Path).Where(path => path.StartsWith($"{writer}-", StringComparison.Ordinal) && path.EndsWith("-0.parquet", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Created_times_increase_when_the_clock_goes_back()
    {
        var snapshot = await _folder.CreateAsync();
        var log = new DeltaLog(new LocalFileStorage(Path.GetDirectoryName(Path.GetDirectoryName(_folder.LogFolder))!), "users", TableFolder.Group,
            new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TableFolder.Now.AddDays(-1)));
        var transaction = log.Begin(snapshot, "WRITE");
        transaction.Add(TableFolder.File("a.parquet"));
        var result = await transaction.CommitAsync(Token);
        Assert.Equal(snapshot.LastCreatedTimeMicros + 1, result.Snapshot.Files[0].CreatedTimeMicros);
    }

    [Fact]
    public async Task An_append_follows_whatever_leaves_its_columns_alone()
    {
        var start = await _folder.AppendAsync(await _folder.CreateAsync(), "a.parquet");
        var append = _folder.Log.Begin(start, "WRITE");
        append.Add(TableFolder.File("late.parquet"));

        var current = await _folder.AppendAsync(start, "b.parquet");
        current = await OverwriteAsync(current, "c.parquet");
        current = await WidenAsync(current, new DeltaColumn("city", DataType.String, Nullable: true));

        var result = await append.CommitAsync(Token);
        Assert.Equal(current.Version + 1, result.Snapshot.Version);
        Assert.Equal(["c.parquet", "late.parquet"], result.Snapshot.Files.Select(file => file.Path));
        Assert.Equal(3, result.Snapshot.Schema.Columns.Count);
        Assert.Equal(current.LastCreatedTimeMicros + 1, result.Snapshot.Files[1].CreatedTimeMicros);
    }

    [Fact]
    public async Task An_overwrite_conflicts_with_an_append_and_names_both()
    {
        var start = await _folder.AppendAsync(await _folder.CreateAsync(), "a.parquet");
        var overwrite = _folder.Log.Begin(start, "OVERWRITE", DeltaDependency.AllRows);
        overwrite.Remove(start.Files[0]);
        overwrite.Add(TableFolder.File("b.parquet"));
        await _folder.AppendAsync(start, "c.parquet");

        var error = await Assert.ThrowsAsync<WriteConflictException>(() => overwrite.CommitAsync(Token));
        Assert.Contains("'user_features'", error.Message, StringComparison.Ordinal);
        Assert.Contains("the write OVERWRITE, begun at version 1, was not committed: version 2 (WRITE) added or removed files", error.Message, StringComparison.Ordinal);
        Assert.Contains("repeat it", error.Message, StringComparison.Ordinal);
        Assert.Equal(TableFolder.Group, error.FeatureGroup);
        Assert.True(error.IsTransient);
        Assert.Equal(["a.parquet", "c.parquet"], (await _folder.ReadAsync())!.Files.Select(file => file.Path));
    }

    [Fact]
    public async Task An_overwrite_follows_a_mark()
    {
        var start = await _folder.CreateAsync();
        var overwrite = _folder.Log.Begin(start, "OVERWRITE", DeltaDependency.AllRows);
        overwrite.Add(TableFolder.File("b.parquet"));
        var mark = _folder.Log.Begin(start, "MARK");
        mark.Mark("other", 0);
        await mark.CommitAsync(Token);
        Assert.Equal(2, (await overwrite.CommitAsync(Token)).Snapshot.Version);
    }

    [Fact]
    public async Task A_compaction_follows_an_append_and_conflicts_over_its_own_files()
    {
        var start = await _folder.AppendAsync(await _folder.CreateAsync(), "a.parquet", "b.parquet");
        await _folder.AppendAsync(start, "c.parquet");
        var compacted = (await Compact("ab.parquet").CommitAsync(Token)).Snapshot;
        Assert.Equal(["c.parquet", "ab.parquet"], compacted.Files.Select(file => file.Path));
        Assert.Contains("removed the file 'a.parquet'", (await Assert.ThrowsAsync<WriteConflictException>(() => Compact("again.parquet").CommitAsync(Token))).Message, StringComparison.Ordinal);

        DeltaTransaction Compact(string path)
        {
            var transaction = new DeltaTransaction(_folder.Log, _folder.Clock, start, "OPTIMIZE", DeltaDependency.ReplacedFiles) { OnlyRearranges = true };
            foreach (var file in start.Files) transaction.Remove(file);
            transaction.Add(TableFolder.File(path));
            return transaction;
        }
    }

    [Fact]
    public async Task An_append_conflicts_with_columns_that_its_rows_do_not_fit()
    {
        var start = await _folder.CreateAsync();
        var append = _folder.Log.Begin(start, "WRITE");
        append.Add(TableFolder.File("a.parquet"));
        var change = _folder.Log.Begin(start, "SET SCHEMA");
        change.SetSchema(new DeltaSchema([TableFolder.Schema.Columns[0], new DeltaColumn("age", DataType.BigInt, Nullable: true)]));
        await change.CommitAsync(Token);
        Assert.Contains("rows of the former one do not fit", (await Assert.ThrowsAsync<WriteConflictException>(() => append.CommitAsync(Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_changes_of_the_schema_go_together_only_if_they_are_the_same()
    {
        var start = await _folder.CreateAsync();
        var city = new DeltaColumn("city", DataType.String, Nullable: true);
        var same = Change(city);
        var other = Change(city with { Name = "town" });
        await WidenAsync(start, city);
        Assert.Equal("city", (await same.CommitAsync(Token)).Snapshot.Schema.Columns[2].Name);
        await Assert.ThrowsAsync<WriteConflictException>(() => other.CommitAsync(Token));

        DeltaTransaction Change(DeltaColumn column)
        {
            var change = _folder.Log.Begin(start, "ADD COLUMN");
            change.SetSchema(new DeltaSchema([.. TableFolder.Schema.Columns, column]));
            return change;
        }
    }

    [Fact]
    public async Task Two_makers_of_one_table_go_together_only_if_they_mean_the_same()
    {
        await _folder.CreateAsync();
        Assert.Equal(1, (await _folder.CreateAsync()).Version);
        var error = await Assert.ThrowsAsync<WriteConflictException>(() => _folder.CreateAsync(new DeltaSchema([new DeltaColumn("other", DataType.Int, true)])));
        Assert.Contains("begun before the table was made", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_marked_write_is_committed_once()
    {
        var start = await _folder.CreateAsync();
        Assert.False((await Batch(start).CommitAsync(Token)).AlreadyWritten);
        var again = await Batch(start).CommitAsync(Token); // From the old snapshot, as a racing retry.
        Assert.True(again.AlreadyWritten);
        Assert.Equal(1, again.Snapshot.Version);
        var later = await Batch((await _folder.ReadAsync())!, "b.parquet").CommitAsync(Token);
        Assert.True(later.AlreadyWritten);
        Assert.Equal(0, (await _folder.ReadAsync())!.Transactions["batch-7"].Version);

        DeltaTransaction Batch(DeltaSnapshot snapshot, string path = "a.parquet")
        {
            var transaction = _folder.Log.Begin(snapshot, "WRITE");
            transaction.Mark("batch-7", 0);
            transaction.Add(TableFolder.File(path));
            return transaction;
        }
    }

    [Fact]
    public async Task An_append_only_table_keeps_its_files()
    {
        var create = _folder.Log.Begin(null, "CREATE TABLE");
        create.SetSchema(TableFolder.Schema, [new(DeltaFeatures.AppendOnlySetting, "true")]);
        create.Add(TableFolder.File("a.parquet"));
        var table = (await create.CommitAsync(Token)).Snapshot;
        await Assert.ThrowsAsync<FeatureMaterializationException>(() => OverwriteAsync(table, "b.parquet"));
    }

    [Fact]
    public async Task A_commit_whose_success_was_not_told_is_recognised()
    {
        var start = await _folder.CreateAsync();
        _folder.Storage.LosesAnswers = true; // The storage tries again by itself, and then finds the name taken.
        var append = _folder.Counted().Begin(start, "WRITE");
        append.Add(TableFolder.File("a.parquet"));
        var result = await append.CommitAsync(Token);
        Assert.False(result.AlreadyWritten);
        Assert.Equal(1, result.Snapshot.Version);
        Assert.Equal(1, (await _folder.ReadAsync())!.Version);
    }

    [Fact]
    public async Task A_schema_that_files_do_not_fit_needs_their_removal()
    {
        var start = await _folder.AppendAsync(await _folder.CreateAsync(), "a.parquet");
        var other = new DeltaSchema([new DeltaColumn("user_id", DataType.String, Nullable: true)]);
        var keeping = _folder.Log.Begin(start, "WRITE", DeltaDependency.AllRows);
        keeping.SetSchema(other);
        await Assert.ThrowsAsync<InvalidOperationException>(() => keeping.CommitAsync(Token));

        var replacing = _folder.Log.Begin(start, "WRITE", DeltaDependency.AllRows);
        replacing.SetSchema(other);
        replacing.Remove(start.Files[0]);
        Assert.Equal(other, (await replacing.CommitAsync(Token)).Snapshot.Schema);
        Assert.Equal(TableFolder.Schema, (await _folder.ReadAsync(1))!.Schema);
    }

    [Fact]
    public void A_setting_that_puts_a_feature_in_force_is_refused_by_its_name() => Assert.Contains("'changeDataFeed'", Assert.Throws<UnsupportedTableException>(
        () => _folder.Log.Begin(null, "CREATE TABLE").SetSchema(TableFolder.Schema, [new("delta.enableChangeDataFeed", "true")])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Misuse_is_an_error_before_anything_is_written()
    {
        var start = await _folder.AppendAsync(await _folder.CreateAsync(), "a.parquet");
        var append = _folder.Log.Begin(start, "WRITE");
        Assert.Throws<InvalidOperationException>(() => append.Add(TableFolder.File("a.parquet")));
        Assert.Throws<InvalidOperationException>(() => append.Remove(start.Files[0]));
        append.Add(TableFolder.File("../b.parquet"));
        await Assert.ThrowsAsync<FormatException>(() => append.CommitAsync(Token));
        await Assert.ThrowsAsync<InvalidOperationException>(() => append.CommitAsync(Token));
        Assert.Equal(1, (await _folder.ReadAsync())!.Version);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<DeltaSnapshot> OverwriteAsync(DeltaSnapshot start, string path)
    {
        var overwrite = _folder.Log.Begin(start, "WRITE", DeltaDependency.AllRows);
        foreach (var file in start.Files) overwrite.Remove(file);
        overwrite.Add(TableFolder.File(path));
        return (await overwrite.CommitAsync(Token)).Snapshot;
    }

    private async Task<DeltaSnapshot> WidenAsync(DeltaSnapshot start, DeltaColumn column)
    {
        var change = _folder.Log.Begin(start, "ADD COLUMN");
        change.SetSchema(new DeltaSchema([.. start.Schema.Columns, column]));
        return (await change.CommitAsync(Token)).Snapshot;
    }
}
