namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>Whichever operation of the storage fails, and however: the error is typed, the table is as it was or as it should be, and the next write goes through.</summary>
public sealed class FailingStorageTests
{
    /// <summary>An operation that writes nothing cannot be torn and does nothing instead, so that kind needs no turn of its own.</summary>
    private static readonly Failure[] Kinds = [Failure.Torn, Failure.Denied, Failure.After, Failure.Death];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Operations => ["append", "overwrite", "merge", "backfill", "engine", "compact", "vacuum", "restore", "checkpoint", "delete"];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Every_failure_is_survived(string operation)
    {
        foreach (var kind in Kinds)
        {
            var failAt = 1;
            while (await FailsAsync(operation, failAt, kind)) failAt++;
            Assert.True(failAt > 1);
        }
    }

    /// <summary>Lets one operation fail; false where there are not so many of them.</summary>
    private static async Task<bool> FailsAsync(string operation, int failAt, Failure kind)
    {
        await using var folder = new StoreFolder();
        await folder.RegisterAsync();
        await folder.AppendAsync((1, 0, 31), (2, 0, 41));
        await folder.AppendAsync((1, 1, 32));
        await folder.WriteAsync(WriteMode.Merge, (2, 0, 42));
        var before = await folder.ReadAllAsync();

        FailingStorage? storage = null;
        await using var store = folder.Open(inner => storage = new FailingStorage(inner));
        await store.Metadata.RefreshAsync(Token);
        storage!.Restart(failAt, kind);
        Exception? failure = null;
        try
        {
            await RunAsync(store, operation);
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        storage.Restart(0, kind);
        var place = $"{operation}, operation {failAt}, {kind}: {failure}";
        if (failure is not null) Assert.True(failure is FeatureStoreException, place);
        var failed = failure is not null;
        if (operation == "delete" && failed)
        {
            try
            {
                await folder.Store.DeleteFeatureGroupAsync("users", Token);
            }
            catch (FeatureGroupNotFoundException)
            {
                // All was done but for saying so.
            }

            await folder.RegisterAsync();
            Assert.Empty(await folder.ReadAllAsync());
            return true;
        }

        if (operation == "delete") return false;
        var after = await folder.ReadAllAsync();
        var wanted = Expected(operation);
        Assert.True(after.SequenceEqual(wanted) || (failed && after.SequenceEqual(before)), $"{place}: {string.Join(" ", after)}");
        await store.WriteFeaturesAsync("users", StoreFolder.Rows((9, 9, 9)), cancellationToken: Token);
        (long User, int Hour, int Age)[] next = [.. after, (9, 9, 9)];
        Assert.Equal(next, await folder.ReadAllAsync());
        return failed;
    }

    private static async Task RunAsync(MaterializedFeatureStore store, string operation)
    {
        using var rows = StoreFolder.Rows((1, 0, 30), (3, 0, 51));
        switch (operation)
        {
            case "append": await store.WriteFeaturesAsync("users", rows, cancellationToken: Token); break;
            case "overwrite": await store.WriteFeaturesAsync("users", rows, WriteMode.Overwrite, Token); break;
            case "merge": await store.WriteFeaturesAsync("users", rows, WriteMode.Merge, Token); break;
            case "backfill": await store.BackfillAsync("users", StoreFolder.At(0), StoreFolder.At(1), rows, Token); break;
            case "engine": await new FileEngine(rows).BackfillAsync(store, 0, 1); break;
            case "compact": await store.CompactAsync("users", cancellationToken: Token); break;
            case "restore": await store.RestoreAsync("users", 1, Token); break;
            case "checkpoint": await store.CheckpointAsync("users", DateTimeOffset.MaxValue, Token); break;
            case "delete": await store.DeleteFeatureGroupAsync("users", Token); break;
            default: await store.VacuumAsync("users", TimeSpan.Zero, Token); break;
        }
    }

    private static (long User, int Hour, int Age)[] Expected(string operation) => operation switch
    {
        "append" => [(1, 0, 31), (1, 0, 30), (1, 1, 32), (2, 0, 42), (3, 0, 51)],
        "overwrite" => [(1, 0, 30), (3, 0, 51)],
        "merge" => [(1, 0, 30), (1, 1, 32), (2, 0, 42), (3, 0, 51)],
        "backfill" or "engine" => [(1, 0, 30), (1, 1, 32), (3, 0, 51)],
        "restore" => [(1, 0, 31), (1, 1, 32), (2, 0, 41)],
        _ => [(1, 0, 31), (1, 1, 32), (2, 0, 42)],
    };
}
