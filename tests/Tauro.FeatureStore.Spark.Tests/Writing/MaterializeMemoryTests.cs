namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>What this process allocates while Spark writes. Nothing else of the tests may run meanwhile.</summary>
[Collection(typeof(Alone))]
public sealed class MaterializeMemoryTests(SparkServer server) : IDisposable
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-memory-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Rows_do_not_come_through_this_process()
    {
        const int Rows = 500_000;
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers, Stores.Sequence(Rows));
        await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(1), cancellationToken: Cancel);
        var before = GC.GetTotalAllocatedBytes();

        var done = await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(Rows), cancellationToken: Cancel);

        var allocated = GC.GetTotalAllocatedBytes() - before;
        const long Least = Rows * 3L * sizeof(long);
        Assert.Equal(Rows, done.RowsWritten);
        Assert.True(allocated < Least / 2, $"{allocated} bytes were allocated for rows of {Least}.");
        Assert.Equal(Rows, (await stores.Materialized.GetStorageInfoAsync(Stores.Group, Cancel)).RowCount);
    }

    [CollectionDefinition(DisableParallelization = true)]
    public sealed class Alone;
}
