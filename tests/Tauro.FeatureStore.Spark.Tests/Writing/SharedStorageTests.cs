using Tauro.FeatureStore.Engines.Spark;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Which folders Spark writes to, and what happens where it says so and nothing is there.</summary>
public sealed class SharedStorageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-shared-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/mnt/shared", "/mnt/shared/store/users/v1", true)]
    [InlineData("/mnt/shared/", "/mnt/shared", true)]
    [InlineData("/mnt/shared", "/mnt/shared/..dots", true)]
    [InlineData("/mnt/shared", "/mnt/shared2/store", false)]
    [InlineData("/mnt/shared", "/mnt", false)]
    [InlineData("/mnt/shared", "/mnt/shared/../other", false)]
    [InlineData(null, "/mnt/shared", false)]
    public void A_shared_path_covers_what_is_within_it(string? shared, string folder, bool isCovered) => Assert.Equal(isCovered, new SharedStorage(shared).Covers(folder));

    [Fact]
    public void Settings_of_the_users_that_say_otherwise_keep_spark_from_writing_files()
    {
        Assert.True(ParquetSettings.Hold(new Dictionary<string, string> { ["spark.sql.parquet.outputTimestampType"] = "timestamp_micros", ["spark.sql.shuffle.partitions"] = "4" }));
        Assert.False(ParquetSettings.Hold(new Dictionary<string, string> { ["spark.sql.parquet.outputTimestampType"] = "INT96" }));
    }

    [Fact]
    public async Task A_server_that_does_not_count_is_asked_to_write_to_the_folder_and_what_is_not_there_is_an_error()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => FakeSpark.Whole();
        await using var session = await OpenAsync(fake);

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => new SharedStorage(_folder).ProveAsync(session, Path.Combine(_folder, "table"), Cancel));

        Assert.Contains("Spark wrote 32 rows beside it to see, and 0 of them are there", failure.Message, StringComparison.Ordinal);
        Assert.Contains("SparkOptions.SharedPath", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(_folder, "table-probe"), Assert.Single(fake.Executed).Plan.Command.WriteOperation.Path);
    }

    [Fact]
    public async Task Rows_that_a_server_counts_and_that_are_not_there_are_an_error()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => FakeSpark.Whole(Counted(17));
        await using var session = await OpenAsync(fake);

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => new CountedWrite(session, new SharedStorage(_folder)).RunAsync("SELECT 1", values: null, Path.Combine(_folder, "table"), 10, Cancel));

        Assert.Contains("Spark wrote 17 rows, and 0 of them are there", failure.Message, StringComparison.Ordinal);
    }

    private static ExecutePlanResponse Counted(long rows)
    {
        var metrics = new ExecutePlanResponse.Types.ObservedMetrics { Name = "rows" };
        metrics.Values.Add(new Expression.Types.Literal { Long = rows });
        var response = new ExecutePlanResponse { ResponseId = "counted" };
        response.ObservedMetrics.Add(metrics);
        return response;
    }

    private static Task<SparkSession> OpenAsync(FakeSpark fake)
    {
        var options = new SparkOptions { ConnectionString = fake.Endpoint };
        var address = SparkEndpoint.Of(options);
        return SparkSession.OpenAsync(new SparkTransport(address, options.ConnectTimeout), address, options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, Cancel);
    }
}
