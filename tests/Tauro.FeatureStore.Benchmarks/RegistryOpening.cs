using System.Diagnostics;
using System.Globalization;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>A registry of many groups: how long it takes to open, with its checkpoint and without, against a bare reading of the same files, and to answer from memory.</summary>
internal static class RegistryOpening
{
    private const int Features = 10;
    private const int Calls = 100_000;

    public static async Task<int> RunAsync(int groups, int rounds)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"tauro-benchmark-{Guid.NewGuid():n}");
        try
        {
            var watch = Stopwatch.StartNew();
            using (var registry = await FeatureStoreMetadata.OpenAsync(folder))
                for (var i = 0; i < groups; i++) await registry.RegisterFeatureGroupAsync(Group(i));
            Console.WriteLine($"registry of {groups:n0} groups x {Features} features, registered one by one in {watch.Elapsed.TotalSeconds:f1} s");
            var files = new DirectoryInfo(Path.Combine(folder, FileRegistryLog.Folder));
            var checkpoints = files.GetFiles("*.checkpoint");
            var without = Directory.CreateDirectory(folder + "-commits");
            var log = without.CreateSubdirectory(FileRegistryLog.Folder);
            foreach (var file in files.GetFiles("*.json")) file.CopyTo(Path.Combine(log.FullName, file.Name));
            try
            {
                for (var round = 0; round < rounds; round++)
                {
                    var read = await MeasureAsync(() => Task.WhenAll(log.GetFiles().Select(file => File.ReadAllBytesAsync(file.FullName))));
                    var opened = await MeasureAsync(() => OpenAsync(folder, groups));
                    var replayed = await MeasureAsync(() => OpenAsync(without.FullName, groups));
                    Console.WriteLine($"  opened in {opened:f0} ms with {checkpoints.Length} checkpoint, {replayed:f0} ms without; bare reading of the commits {read:f0} ms: {opened / read:f2} and {replayed / read:f2} times");
                }
            }
            finally
            {
                without.Delete(recursive: true);
            }

            using var all = await FeatureStoreMetadata.OpenAsync(folder);
            var random = new Random(7);
            watch.Restart();
            for (var i = 0; i < Calls; i++) all.GetFeature(Name(random.Next(groups)), "feature_3");
            Console.WriteLine($"  a feature's schema: {watch.Elapsed.TotalMicroseconds / Calls:f2} us");
            watch.Restart();
            var found = all.Search(new FeatureSearch { Text = "feature_7", Entity = "entity_id" }).Count;
            Console.WriteLine($"  a search that finds {found:n0}: {watch.Elapsed.TotalMilliseconds:f0} ms");
            watch.Restart();
            var nodes = all.GetLineageGraph().Nodes.Count;
            Console.WriteLine($"  the lineage graph of {nodes:n0} nodes: {watch.Elapsed.TotalMilliseconds:f0} ms");
            return 0;
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task OpenAsync(string folder, int groups)
    {
        using var registry = await FeatureStoreMetadata.OpenAsync(folder);
        if (registry.ListFeatureGroups().Count != groups) throw new InvalidOperationException("The registry lost groups.");
    }

    private static async Task<double> MeasureAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static string Name(int group) => string.Create(CultureInfo.InvariantCulture, $"group_{group}");

    private static FeatureGroupSchema Group(int i) => new(Name(i))
    {
        EntityKeys = [new EntityKey("entity_id", DataType.BigInt)],
        TimestampKey = "event_time",
        Owner = "benchmark",
        Description = "One of many groups",
        Features = [.. Enumerable.Range(0, Features).Select(feature => new FeatureSchema(string.Create(CultureInfo.InvariantCulture, $"feature_{feature}"), DataType.Double) { Description = "A number" })],
    };
}
