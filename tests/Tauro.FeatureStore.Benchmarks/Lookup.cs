using System.Diagnostics;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>One entity at a time from a lookup: the time that 99 of 100 calls stay below, and the bytes that a call allocates.</summary>
internal static class Lookup
{
    private const int Calls = 200_000;

    public static async Task<int> RunAsync(Scale scale)
    {
        var folder = scale.Folder ?? Path.Combine(Path.GetTempPath(), $"tauro-benchmark-{Guid.NewGuid():n}");
        try
        {
            await Race.PrepareAsync(scale, folder);
            await using var store = new MaterializedFeatureStore(new FeatureStoreContext(folder));
            var watch = Stopwatch.StartNew();
            await using var lookup = await store.CreateLookupAsync([.. History.Features.Select(FeatureReference.Parse)]);
            Console.WriteLine($"lookup of {scale.Entities:n0} entities x {History.Features.Length} features, made in {watch.Elapsed.TotalSeconds:f2} s");
            Measure(lookup, scale.Entities);
            var (times, bytes) = Measure(lookup, scale.Entities);
            Array.Sort(times);
            double Microseconds(int at) => times[at] * 1e6 / Stopwatch.Frequency;
            Console.WriteLine($"  one entity, 6 values read: median {Microseconds(Calls / 2):f2} us, p99 {Microseconds(Calls * 99 / 100):f2} us, {bytes / (double)Calls:f1} bytes a call");
            return 0;
        }
        finally
        {
            if (scale.Folder is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static (long[] Times, long Bytes) Measure(FeatureLookup lookup, int entities)
    {
        var random = new Random(7);
        var keys = new long[Calls];
        for (var i = 0; i < Calls; i++) keys[i] = random.Next(entities);
        var times = new long[Calls];
        var sum = 0.0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var row = lookup.Get(keys[i]);
            for (var feature = 0; feature < 6; feature++) sum += row.Get<double?>(feature) ?? 0;
            times[i] = Stopwatch.GetTimestamp() - started;
        }

        var bytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
        GC.KeepAlive(sum);
        return (times, bytes);
    }
}
