using Microsoft.Extensions.DependencyInjection;
using SparkSession = Microsoft.Spark.Sql.SparkSession;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>What a job does: stores over its session, whose answers are those of the store in process.</summary>
public sealed class JobTests(SparkServer server) : IAsyncLifetime
{
    private const int Rows = 30_001;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tauro-job-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_store_over_the_jobs_session_answers_as_it_does_in_process()
    {
        Assert.NotNull(server.Session);
        var context = new FeatureStoreContext(_folder.FullName);
        await using var spark = new MicrosoftSparkQueryExecutor(context, SparkSession.Builder().GetOrCreate());
        await using var store = new MaterializedFeatureStore(context, executor: spark);
        await WriteAsync(store);
        await using var inProcess = new MaterializedFeatureStore(context);
        using var spine = Spine(500);

        foreach (var options in (RetrievalOptions[])[new(), new() { KnownAsOf = true }, new() { IncludeMatches = true }])
        {
            using var expected = await inProcess.GetTrainingSetAsync(["users.age", "users.spent", "users.vector"], spine, "at", options, Cancel);
            using var actual = await store.GetTrainingSetAsync(["users.age", "users.spent", "users.vector"], spine, "at", options, Cancel);
            Assert.Equal(expected.ToDisplayString(500), actual.ToDisplayString(500));
        }

        using var expectedRange = await inProcess.GetFeaturesAsync(["users.age"], new TimeRange(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(40)), cancellationToken: Cancel);
        using var actualRange = await store.GetFeaturesAsync(["users.age"], new TimeRange(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(40)), cancellationToken: Cancel);
        Assert.Equal(expectedRange.ToDisplayString(500), actualRange.ToDisplayString(500));
        using var expectedLatest = await inProcess.GetFeaturesAsync(["users.age", "users.spent"], cancellationToken: Cancel);
        using var actualLatest = await store.GetFeaturesAsync(["users.age", "users.spent"], cancellationToken: Cancel);
        Assert.Equal(expectedLatest.ToDisplayString(500), actualLatest.ToDisplayString(500));
    }

    [Fact]
    public async Task A_large_spine_goes_by_the_shared_folder_and_leaves_no_file()
    {
        var context = new FeatureStoreContext(_folder.FullName);
        var shared = Path.Combine(_folder.FullName, "shared [1]");
        await using var byFile = server.CreateExecutor(sharedPath: shared);
        await using var byRow = server.CreateExecutor();
        await using var first = new MaterializedFeatureStore(context, executor: byFile);
        await using var second = new MaterializedFeatureStore(context, executor: byRow);
        await WriteAsync(first);
        using var spine = Spine(Rows);

        using var one = await first.GetTrainingSetAsync(["users.age"], spine, "at", cancellationToken: Cancel);
        using var other = await second.GetTrainingSetAsync(["users.age"], spine, "at", cancellationToken: Cancel);

        Assert.Equal(Rows, one.RowCount);
        Assert.Equal(other.GetColumn<int?>("age"), one.GetColumn<int?>("age"));
        Assert.Contains(one.GetColumn<int?>("age"), age => age is not null);
        Assert.True(Directory.Exists(shared), "No file was written.");
        Assert.Empty(Directory.GetFiles(shared));
    }

    [Fact]
    public async Task An_application_has_it_among_its_services()
    {
        var services = new ServiceCollection();
        var options = new MicrosoftSparkOptions { QueryTimeout = TimeSpan.FromMinutes(1) };
        services.AddTauroFeatureStore(new FeatureStoreOptions { FeatureStorePath = _folder.FullName }, store => store.UseMaterialized().UseMicrosoftSpark(server.Session, options));
        await using var provider = services.BuildServiceProvider();

        var spark = provider.GetRequiredService<MicrosoftSparkQueryExecutor>();

        var report = await spark.CheckHealthAsync(Cancel);
        Assert.True(report.IsHealthy, report.ToString());
        Assert.Same(spark, provider.GetRequiredKeyedService<IQueryExecutor>("microsoft_spark"));
    }

    private static async Task WriteAsync(MaterializedFeatureStore store)
    {
        await store.RegisterFeaturesAsync(new FeatureGroupSchema("users")
        {
            EntityKeys = ["user_id"],
            TimestampKey = "at",
            Features = [new("age", DataType.Int), new("spent", DataType.Decimal(10, 2)), new("vector", DataType.Array(DataType.Float))],
        }, cancellationToken: Cancel);
        for (var write = 0; write < 3; write++)
        {
            using var rows = FeatureTable.FromColumns(
                ("user_id", Enumerable.Range(0, 200).Select(i => (long)i % 50).ToArray()), ("at", Enumerable.Range(0, 200).Select(i => DateTimeOffset.UnixEpoch.AddDays(i)).ToArray()),
                ("age", Enumerable.Range(0, 200).Select(i => i % 9 == 0 ? null : (int?)(i + write)).ToArray()), ("spent", Enumerable.Range(0, 200).Select(i => i / 100m).ToArray()),
                ("vector", Enumerable.Range(0, 200).Select(i => new float?[] { i, null, 0.1f }).ToArray()));
            await store.WriteFeaturesAsync("users", rows, cancellationToken: Cancel);
        }
    }

    private static FeatureTable Spine(int rows) => FeatureTable.FromColumns(
        ("user_id", Enumerable.Range(0, rows).Select(i => i % 60 == 59 ? null : (long?)(i % 60)).ToArray()),
        ("at", Enumerable.Range(0, rows).Select(i => DateTimeOffset.UnixEpoch.AddHours(i % 5000)).ToArray()));
}
