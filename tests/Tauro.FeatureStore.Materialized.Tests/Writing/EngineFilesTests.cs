namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>Files that an engine wrote are looked at before a commit names them, and are a table's own from then on.</summary>
public sealed class EngineFilesTests : IAsyncDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string[] Folders => Directory.Exists(_folder.Table) ? Directory.GetDirectories(_folder.Table, "engine-*") : [];

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task A_range_is_replaced_and_the_log_knows_the_bounds_of_the_new_rows()
    {
        await _folder.RegisterAsync();
        await _folder.AppendAsync((1, 0, 31), (2, 5, 41), (3, 9, 51));
        using var rows = StoreFolder.Rows((4, 4, 61), (7, 5, 71));

        var result = await new FileEngine(rows).BackfillAsync(_folder.Store, 4, 9, "mark");
        var again = await new FileEngine(rows).BackfillAsync(_folder.Store, 4, 9, "mark");

        Assert.Equal((1, 2L, false), (result!.SnapshotVersion, result.RowCount, result.AlreadyWritten));
        Assert.Equal((1, 0L, true), (again!.SnapshotVersion, again.RowCount, again.AlreadyWritten));
        Assert.Equal([(1, 0, 31), (3, 9, 51), (4, 4, 61), (7, 5, 71)], await _folder.ReadAllAsync());
        Assert.Single(Folders);
        var commit = await File.ReadAllTextAsync(Path.Combine(_folder.Log, "00000000000000000001.json"), Token);
        Assert.Contains("\\\"user_id\\\":4,", commit, StringComparison.Ordinal);
        Assert.Contains("\\\"maxValues\\\":{\\\"user_id\\\":7,", commit, StringComparison.Ordinal);
        Assert.Contains("BACKFILL", commit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_group_takes_the_files_of_engines_with_it()
    {
        await _folder.RegisterAsync();
        using var rows = StoreFolder.Rows((4, 4, 61));
        await new FileEngine(rows).BackfillAsync(_folder.Store, 4, 9);
        Directory.CreateDirectory(Path.Combine(_folder.Table, "engine-crashed", "_temporary", "0"));
        await File.WriteAllTextAsync(Path.Combine(_folder.Table, "engine-crashed", "_temporary", "0", "part"), "half", Token);

        await _folder.Store.DeleteFeatureGroupAsync("users", Token);

        Assert.Empty(Folders);
    }

    [Fact]
    public async Task A_vacuum_takes_what_no_commit_names_and_is_old_enough()
    {
        await _folder.RegisterAsync();
        using var rows = StoreFolder.Rows((4, 4, 61));
        await new FileEngine(rows).BackfillAsync(_folder.Store, 4, 9);
        var crashed = Path.Combine(_folder.Table, "engine-crashed", "_temporary", "0");
        Directory.CreateDirectory(crashed);
        await File.WriteAllTextAsync(Path.Combine(crashed, "part"), "half", Token);

        var young = await _folder.Store.VacuumAsync("users", TimeSpan.FromHours(1), Token);
        _folder.Clock.Advance(TimeSpan.FromHours(2));
        var old = await _folder.Store.VacuumAsync("users", TimeSpan.FromHours(1), Token);

        Assert.Equal((0, 1), (young.FilesDeleted, old.FilesDeleted));
        Assert.Single(Folders);
        Assert.Equal([(4, 4, 61)], await _folder.ReadAllAsync());
    }

    [Theory]
    [InlineData("a null", "the feature 'age' is null")]
    [InlineData("another time", "an event time 'event_time' is outside of the range")]
    [InlineData("another count", "has 1 rows, and the engine wrote 2")]
    [InlineData("no column", "has no column 'age'")]
    [InlineData("another type", "cannot be read as INT")]
    public async Task A_file_that_breaks_a_rule_is_refused_and_gone(string what, string message)
    {
        await _folder.Store.RegisterFeaturesAsync(StoreFolder.Users with { Features = [new FeatureSchema("age", DataType.Int) { Nullable = false }] }, Token);
        (string, Array) age = what switch
        {
            "a null" => ("age", new int?[] { null }),
            "no column" => ("other", new[] { 1 }),
            "another type" => ("age", new[] { "1" }),
            _ => ("age", new[] { 1 }),
        };
        using var rows = FeatureTable.FromColumns(("user_id", new long[] { 1 }), ("event_time", new[] { StoreFolder.At(what == "another time" ? 9 : 4) }), age);

        var failure = await Assert.ThrowsAnyAsync<FeatureStoreException>(() => new FileEngine(rows) { Claimed = what == "another count" ? 2 : null }.BackfillAsync(_folder.Store, 4, 9));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Folders);
        Assert.Equal(-1, await _folder.Store.GetTableVersionAsync("users", cancellationToken: Token));
    }
}
