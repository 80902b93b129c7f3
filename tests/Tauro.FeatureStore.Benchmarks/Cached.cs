namespace Tauro.FeatureStore.Benchmarks;

/// <summary>The training set again, with the decoded columns in the store's cache.</summary>
internal static class Cached
{
    public static async Task<int> RunAsync(Scale scale)
    {
        var folder = scale.Folder ?? Path.Combine(Path.GetTempPath(), $"tauro-benchmark-{Guid.NewGuid():n}");
        try
        {
            await Race.PrepareAsync(scale, folder);
            using var spine = History.Spine(scale.Spine, scale.Entities);
            await using var store = new MaterializedFeatureStore(new FeatureStoreContext(folder)) { CacheSizeMegabytes = 1024 };
            return await SideBySide.RunAsync(
                $"training set, {scale.Spine:n0} spine rows x {scale.Rows:n0} rows, columns in the cache", "bare DuckDB ASOF", _ => Worker.RunBareAsync(folder, spine),
                "managed, cache of 1024 MB", async _ =>
                {
                    using var answer = await store.GetTrainingSetAsync([.. History.Features.Select(FeatureReference.Parse)], spine);
                    return answer.Batches.Sum(Worker.Sum);
                },
                scale.Rounds, warmUp: 1);
        }
        finally
        {
            if (scale.Folder is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
