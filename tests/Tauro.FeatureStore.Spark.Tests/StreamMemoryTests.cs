using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Apache.Arrow;
using static Tauro.FeatureStore.Spark.Tests.FakeSpark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>A stream holds the batch that the caller has, and a few on their way; however long it is, memory does not grow with it.</summary>
public sealed class StreamMemoryTests
{
    private const int Batches = 120;
    private const int Rows = 100_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_holds_a_batch_that_was_read()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => async (stream, operation, token) =>
        {
            for (var i = 0; i < Batches; i++) await Part(FakeSpark.Batch(new long[Rows], $"b{i}"))(stream, operation, token);
            await Part(Complete())(stream, operation, token);
        };
        await using var spark = fake.CreateExecutor(timeout: TimeSpan.FromMinutes(1));
        await using var batches = spark.StreamAsync("SELECT 1", cancellationToken: Cancel).GetAsyncEnumerator(Cancel);

        var read = new List<WeakReference>();
        while (await batches.MoveNextAsync())
        {
            read.Add(MemoryOf(batches.Current));
            batches.Current.Dispose();
            if (read.Count % 40 == 0) Assert.InRange(CountHeld(read), 0, 3);
        }

        Assert.Equal(Batches, read.Count);
    }

    [Fact]
    public async Task A_batch_that_the_caller_keeps_stays_whole_when_the_stream_goes_on()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Whole([.. Enumerable.Range(0, 5).Select(i => FakeSpark.Batch([i, i + 10L], $"b{i}"))]);
        await using var spark = fake.CreateExecutor();

        var kept = new List<RecordBatch>();
        await foreach (var batch in spark.StreamAsync("SELECT 1", cancellationToken: Cancel)) kept.Add(batch);

        Assert.Equal([0L, 10L, 1L, 11L, 2L, 12L, 3L, 13L, 4L, 14L], kept.SelectMany(batch => ((Int64Array)batch.Column(0)).Values.ToArray()));
        foreach (var batch in kept) batch.Dispose();
    }

    /// <summary>The array that holds the values of a batch, as the server's message brought it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference MemoryOf(RecordBatch batch)
    {
        Assert.True(MemoryMarshal.TryGetArray(((Int64Array)batch.Column(0)).ValueBuffer.Memory, out var segment));
        return new WeakReference(segment.Array);
    }

    private static int CountHeld(List<WeakReference> read)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return read.Count(batch => batch.IsAlive);
    }
}
