namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>The very files that Spark wrote and our log committed, as DuckDB reads them, also where a worker was killed while it wrote.</summary>
public sealed class MaterializeReadbackTests(SparkServer server) : IDisposable
{
    private const int Rows = 6_000_000;

    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-readback-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task DuckDB_finds_the_same_values_in_them_whatever_the_types()
    {
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), AllTypes.Group, AllTypes.Query);
        await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(24), cancellationToken: Cancel);
        Assert.Single(stores.Written);
        var features = AllTypes.Group.Features.Select(feature => FeatureReference.Parse($"{Stores.Group}.{feature.Name}"));

        using var ours = await stores.Materialized.GetFeaturesAsync(FeatureRequest.ForRange([.. features], new TimeRange(DateTimeOffset.MinValue, DateTimeOffset.MaxValue)), Cancel);
        using var theirs = await QueryAsync(stores, $"SELECT {string.Join(", ", ours.ColumnNames)}", "ORDER BY i, t");

        Assert.Equal(AllTypes.RowsInRange, theirs.RowCount);
        Assert.Equal(TableFingerprint.Of(ours), TableFingerprint.Of(theirs));
    }

    [Fact]
    public async Task A_worker_that_is_killed_in_the_middle_of_a_write_changes_no_row_and_leaves_no_file()
    {
        Assert.NotEmpty(server.Endpoint);
        await using var cluster = await server.StartClusterAsync(port: server.Port + 27, workers: 2, "512m");
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers, Stores.Sequence(Rows), endpoint: cluster.Endpoint);

        var running = stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(Rows), cancellationToken: Cancel);
        await WaitForFileAsync(stores);
        Assert.False(running.IsCompleted, "The write was over before a worker could be killed.");
        await cluster.KillWorkerAsync(1);
        var done = await running;

        Assert.True(await ServerPage.CountFailedTasksAsync(cluster.Page) > 0, "No task failed.");
        Assert.Equal(Rows, done.RowsWritten);
        var folder = Assert.Single(stores.Written);
        Assert.Equal(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal), (await stores.FilesAsync()).Order(StringComparer.Ordinal));
        using var found = await QueryAsync(stores,
            "SELECT count(*) AS rows, count(DISTINCT id) AS ids, min(id) AS first, max(id) AS last, bool_and(n = id * 10 AND epoch_us(t) = 1704067200000000 + id * 60000000) AS is_right");
        Assert.Equal([Rows], found.GetColumn<long>("rows"));
        Assert.Equal([Rows], found.GetColumn<long>("ids"));
        Assert.Equal([0L], found.GetColumn<long>("first"));
        Assert.Equal([Rows - 1L], found.GetColumn<long>("last"));
        Assert.Equal([true], found.GetColumn<bool>("is_right"));
    }

    /// <summary>Waits until a task writes a file.</summary>
    private static async Task WaitForFileAsync(Stores stores)
    {
        for (var attempt = 0; attempt < 1200; attempt++)
        {
            if (stores.Written is [var folder] && Directory.EnumerateFiles(folder, "*.parquet", new EnumerationOptions { RecurseSubdirectories = true }).Any()) return;
            await Task.Delay(50, Cancel);
        }

        Assert.Fail("Spark wrote no file.");
    }

    private static async Task<FeatureTable> QueryAsync(Stores stores, string select, string order = "")
    {
        await using var duckdb = new DuckDBQueryExecutor(stores.Context);
        var files = (await stores.FilesAsync()).Select(file => $"'{file}'");
        return await duckdb.ExecuteAsync($"{select} FROM read_parquet([{string.Join(", ", files)}]) {order}", cancellationToken: Cancel);
    }
}
