using Tauro.FeatureStore;

namespace Tauro.FeatureStore.CrashWriter;

/// <summary>
/// One of several processes that write to one table at once. It appends rows of its own and merges one row of its own again and again, and says which version each
/// write made.
/// </summary>
internal static class SharingWriter
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task RunAsync(string folder, int writer, int writes)
    {
        await using var store = new MaterializedFeatureStore(new FeatureStoreContext(folder));
        for (var number = 0; number < writes; number++)
        {
            // The merged rows of all writers lie in one file after another, so that merges get in each other's way.
            var isMerge = number % 3 == 2;
            using var rows = FeatureTable.FromColumns(
                ("user_id", new[] { (long)writer }), ("event_time", new[] { Start.AddHours(isMerge ? 0 : number + 1) }), ("age", new[] { number }));
            Console.WriteLine($"{(isMerge ? "merged" : "appended")} {number} {await WriteAsync(store, rows, isMerge ? WriteMode.Merge : WriteMode.Append)}");
        }
    }

    private static async Task<long> WriteAsync(MaterializedFeatureStore store, FeatureTable rows, WriteMode mode)
    {
        while (true)
        {
            try
            {
                return (await store.WriteFeaturesAsync("users", rows, mode)).SnapshotVersion;
            }
            catch (WriteConflictException conflict) when (conflict.IsTransient)
            {
                // Another process was faster; nothing of this write is there.
            }
        }
    }
}
