namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>A materialization by Spark that is stopped, meets another writer or dies leaves the table as it was, or as it should be.</summary>
public sealed class MaterializeStoppingTests(SparkServer server) : IDisposable
{
    private const string Slow = """
        SELECT id, timestamp_micros(1704067200000000 + id * 60000000) AS t, (SELECT count(*) FROM range(0, 30000) a CROSS JOIN range(0, 100000) b WHERE (a.id + b.id) % 7 = 1) + id AS n
        FROM range(0, 1000, 1, 4)
        """;

    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-stop-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_cancelled_one_stops_spark_and_leaves_no_file()
    {
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers, Slow);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddDays(1), cancellationToken: stop.Token);
        await ServerPage.WaitForJobsAsync(server, running: true, stores.Session);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await ServerPage.WaitForJobsAsync(server, running: false, stores.Session);
        Assert.Empty(stores.Written);
        Assert.Equal(-1, await stores.Materialized.GetTableVersionAsync(Stores.Group, cancellationToken: Cancel));
    }

    [Fact]
    public async Task One_that_takes_too_long_says_how_long_it_waited()
    {
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers, Slow, timeout: TimeSpan.FromSeconds(2));

        var failure = await Assert.ThrowsAsync<QueryTimeoutException>(() => stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddDays(1), cancellationToken: Cancel));

        Assert.Equal(TimeSpan.FromSeconds(2), failure.Timeout);
        await ServerPage.WaitForJobsAsync(server, running: false, stores.Session);
        Assert.Empty(stores.Written);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(500, false)]
    public async Task Rows_that_another_writer_adds_meanwhile_are_a_conflict_in_the_range_and_none_outside_of_it(int minute, bool isInRange)
    {
        var folder = Path.Combine(_folder, "store");
        await using var other = new MaterializedFeatureStore(new FeatureStoreContext(folder));
        await using var stores = await Stores.OpenAsync(server, folder, Stores.Numbers, Stores.Sequence(10), wrap: inner => new InterposedStorage(inner, AppendAsync));

        var running = stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(10), cancellationToken: Cancel);

        if (isInRange) await Assert.ThrowsAsync<WriteConflictException>(() => running);
        else await running;
        Assert.Equal(isInRange ? 0 : 1, stores.Written.Length);
        Assert.Equal(isInRange ? 1 : 11, (await other.GetStorageInfoAsync(Stores.Group, Cancel)).RowCount);

        async Task AppendAsync()
        {
            using var row = FeatureTable.FromColumns(("id", new long[] { 1 }), ("t", new[] { Start.AddMinutes(minute) }), ("n", new long[] { 1 }));
            await other.WriteFeaturesAsync(Stores.Group, row, cancellationToken: Cancel);
        }
    }

    [Fact]
    public async Task Files_of_a_process_that_died_before_its_commit_are_in_no_table_and_go_with_a_vacuum()
    {
        await using (var dying = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers, Stores.Sequence(10), wrap: inner => new InterposedStorage(inner, () => Task.CompletedTask) { Dies = true }))
            await Assert.ThrowsAsync<FeatureMaterializationException>(() => dying.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(10), cancellationToken: Cancel));
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers, Stores.Sequence(10));
        Assert.Single(stores.Written);
        Assert.Equal(-1, await stores.Materialized.GetTableVersionAsync(Stores.Group, cancellationToken: Cancel));

        await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(10), cancellationToken: Cancel);
        var kept = await stores.Materialized.VacuumAsync(Stores.Group, TimeSpan.FromDays(1), Cancel);
        var vacuumed = await stores.VacuumAsync();

        Assert.Equal(0, kept.FilesDeleted);
        Assert.True(vacuumed.FilesDeleted > 0);
        Assert.Single(stores.Written);
        Assert.Equal(10, (await stores.Materialized.GetStorageInfoAsync(Stores.Group, Cancel)).RowCount);
    }
}
