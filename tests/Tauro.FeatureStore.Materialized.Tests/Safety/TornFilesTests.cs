namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>
/// Files of which half is there under their own name, as after a loss of power on a disk that said that it had written them. Whoever reads gets the right rows or a typed
/// error that names the file, never other rows; and with the whole file back the table is as it was.
/// </summary>
public sealed class TornFilesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("00000000000000000002.json")]
    [InlineData("00000000000000000000.json")]
    public async Task A_torn_commit_is_named_and_nothing_is_read_or_written(string name)
    {
        await using var folder = await WrittenAsync();
        await RefusedWhileTornAsync(folder, Path.Combine(folder.Log, name));
    }

    [Fact]
    public async Task A_torn_data_file_is_named()
    {
        await using var folder = await WrittenAsync();
        await folder.Store.CompactAsync("users", cancellationToken: Token);
        folder.Clock.Advance(TimeSpan.FromHours(1));
        await folder.Store.VacuumAsync("users", TimeSpan.Zero, Token);
        var rows = await folder.ReadAllAsync();
        var path = Path.Combine(folder.Table, Assert.Single(folder.DataFiles()));
        var content = await TearAsync(path);
        var failure = await Assert.ThrowsAnyAsync<FeatureStoreException>(folder.ReadAllAsync);
        Assert.Contains(Path.GetFileName(path), failure.Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(path, content, Token);
        Assert.Equal(rows, await folder.ReadAllAsync());
    }

    [Theory]
    [InlineData("00000000000000000002.checkpoint.parquet")]
    [InlineData("_last_checkpoint")]
    public async Task A_torn_checkpoint_of_a_whole_log_is_passed_over(string name)
    {
        await using var folder = await WrittenAsync();
        await folder.Store.CheckpointAsync("users", DateTimeOffset.MinValue, Token);
        var rows = await folder.ReadAllAsync();
        await TearAsync(Path.Combine(folder.Log, name));
        Assert.Equal(rows, await folder.ReadAllAsync());
        await folder.AppendAsync((9, 9, 9));
        (long User, int Hour, int Age)[] more = [.. rows, (9, 9, 9)];
        Assert.Equal(more, await folder.ReadAllAsync());
    }

    [Fact]
    public async Task A_torn_checkpoint_whose_commits_are_gone_is_named()
    {
        await using var folder = await WrittenAsync();
        await folder.Store.CheckpointAsync("users", DateTimeOffset.MaxValue, Token);
        Assert.DoesNotContain("00000000000000000000.json", folder.LogFiles());
        await RefusedWhileTornAsync(folder, Path.Combine(folder.Log, "00000000000000000002.checkpoint.parquet"));
    }

    private static async Task<StoreFolder> WrittenAsync()
    {
        var folder = new StoreFolder();
        await folder.RegisterAsync();
        await folder.AppendAsync((1, 0, 31), (2, 0, 41));
        await folder.AppendAsync((1, 1, 32));
        await folder.WriteAsync(WriteMode.Merge, (2, 0, 42));
        return folder;
    }

    private static async Task RefusedWhileTornAsync(StoreFolder folder, string path)
    {
        var rows = await folder.ReadAllAsync();
        var content = await TearAsync(path);
        var files = folder.LogFiles();
        Assert.Contains(Path.GetFileName(path), (await Assert.ThrowsAnyAsync<FeatureStoreException>(folder.ReadAllAsync)).Message, StringComparison.Ordinal);
        await using (var store = folder.Open())
        {
            using var more = StoreFolder.Rows((9, 9, 9));
            await Assert.ThrowsAnyAsync<FeatureStoreException>(() => store.WriteFeaturesAsync("users", more, cancellationToken: Token));
        }

        Assert.Equal(files, folder.LogFiles());
        await File.WriteAllBytesAsync(path, content, Token);
        Assert.Equal(rows, await folder.ReadAllAsync());
    }

    private static async Task<byte[]> TearAsync(string path)
    {
        var content = await File.ReadAllBytesAsync(path, Token);
        await File.WriteAllBytesAsync(path, content[..(content.Length / 2)], Token);
        return content;
    }
}
