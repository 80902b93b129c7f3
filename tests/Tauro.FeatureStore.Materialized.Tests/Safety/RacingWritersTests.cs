namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>Many writers at once: nothing is lost, and what does not go together is a typed error that a repetition heals.</summary>
public sealed class RacingWritersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_append_is_lost_while_others_merge_and_compact()
    {
        const int writers = 4, writes = 12;
        await using var folder = new StoreFolder();
        await folder.RegisterAsync();
        await folder.AppendAsync((99, 0, 0));
        var appends = Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            await using var store = folder.Open();
            for (var i = 0; i < writes; i++) await store.WriteFeaturesAsync("users", StoreFolder.Rows((writer, i, i)), cancellationToken: Token);
        }, Token));
        var merges = Task.Run(async () =>
        {
            await using var store = folder.Open();
            for (var i = 1; i <= writes; i++) await RepeatAsync(() => store.WriteFeaturesAsync("users", StoreFolder.Rows((99, 0, i)), WriteMode.Merge, Token));
        }, Token);
        var compactions = Task.Run(async () =>
        {
            await using var store = folder.Open();
            for (var i = 0; i < writes / 2; i++) await RepeatAsync(() => store.CompactAsync("users", cancellationToken: Token));
        }, Token);
        await Task.WhenAll([.. appends, merges, compactions]);

        var expected = Enumerable.Range(0, writers).SelectMany(writer => Enumerable.Range(0, writes).Select(i => ((long)writer, i, i))).Append((99, 0, writes));
        Assert.Equal(expected, await folder.ReadAllAsync());
    }

    [Fact]
    public async Task A_merge_and_an_append_of_other_keys_go_together_and_of_the_same_do_not()
    {
        await using var folder = new StoreFolder();
        await folder.RegisterAsync();
        await folder.AppendAsync((1, 0, 31));
        Assert.Null(await MergeDuringAsync(folder, () => folder.AppendAsync((5, 0, 51))));
        Assert.NotNull(await MergeDuringAsync(folder, () => folder.AppendAsync((1, 0, 32))));
        Assert.NotNull(await MergeDuringAsync(folder, () => folder.WriteAsync(WriteMode.Merge, (1, 0, 33))));
        Assert.NotNull(await MergeDuringAsync(folder, () => folder.WriteAsync(WriteMode.Overwrite, (1, 0, 34))));
        Assert.Equal([(1, 0, 34)], await folder.ReadAllAsync());
    }

    /// <summary>Merges, with a write of another that comes between its reading and its commit.</summary>
    private static async Task<WriteConflictException?> MergeDuringAsync(StoreFolder folder, Func<Task> other)
    {
        var rows = Rows();
        try
        {
            await folder.Store.WriteFeaturesAsync("users", rows, WriteMode.Merge, Token);
            return null;
        }
        catch (WriteConflictException conflict)
        {
            return conflict;
        }

        async IAsyncEnumerable<Apache.Arrow.RecordBatch> Rows()
        {
            yield return StoreFolder.Rows((1, 0, 30)).Batches[0];
            await other();
        }
    }

    private static async Task RepeatAsync(Func<Task> write)
    {
        while (true)
        {
            try
            {
                await write();
                return;
            }
            catch (WriteConflictException conflict)
            {
                Assert.True(conflict.IsTransient);
            }
        }
    }
}
