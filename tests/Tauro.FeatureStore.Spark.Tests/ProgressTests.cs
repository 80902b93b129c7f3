using Tauro.FeatureStore.Engines.Spark.Protocol;
using static Tauro.FeatureStore.Spark.Tests.FakeSpark;
using Stage = Tauro.FeatureStore.Engines.Spark.Protocol.ExecutePlanResponse.Types.ExecutionProgress.Types.StageInfo;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>How a query goes on: a 4.x server says it every two seconds, one of 3.5 never.</summary>
public sealed class ProgressTests(SparkServer server)
{
    /// <summary>Tasks that each sleep, so that the query takes some seconds, and no work.</summary>
    private const string Slow = "SELECT count(slept) AS n FROM (SELECT reflect('java.lang.Thread', 'sleep', 300L + id * 0) AS slept FROM range(0, 24, 1, 24))";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_share_of_the_tasks_is_reported()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Part(At((10, 3)), At((10, 10)), At((10, 10), (30, 0)), At((10, 10), (30, 20)), new ExecutePlanResponse { ResponseId = "schema" }, Row(1), Complete());
        await using var spark = CreateExecutor(fake);
        var heard = new Heard();

        using var answer = await spark.ExecuteAsync("SELECT 1", progress: heard, cancellationToken: Cancel);

        Assert.Equal([0.3, 0.3, 0.3, 0.75, 0.75, 0.75, 0.75, 1], heard.Reports.Select(report => report.Fraction));
        Assert.Equal([1L], answer.GetColumn<long>("v"));
    }

    [Fact]
    public async Task A_server_that_says_nothing_leaves_the_share_unknown()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Part(Row(1), Row(2), Complete());
        await using var spark = CreateExecutor(fake);
        var heard = new Heard();

        using var answer = await spark.ExecuteAsync("SELECT 1", progress: heard, cancellationToken: Cancel);

        Assert.Equal([null, null, null, 1], heard.Reports.Select(report => report.Fraction));
    }

    [Fact]
    public async Task A_real_server_says_what_it_knows()
    {
        var heard = new Heard();

        using var answer = await server.SharedExecutor.ExecuteAsync(Slow, progress: heard, cancellationToken: Cancel);

        Assert.Equal(1, heard.Reports[^1].Fraction);
        var before = heard.Reports[..^1];
        if (server.Version.StartsWith("3.", StringComparison.Ordinal)) Assert.All(before, report => Assert.Null(report.Fraction));
        else Assert.Contains(before, report => report.Fraction is > 0 and < 1);
    }

    private static SparkQueryExecutor CreateExecutor(FakeSpark fake) => new(new FeatureStoreContext(Path.GetTempPath()) { TimeProvider = new StridingClock() }, fake.Endpoint);

    private static ExecutePlanResponse At(params (long All, long Done)[] stages)
    {
        var progress = new ExecutePlanResponse.Types.ExecutionProgress();
        progress.Stages.AddRange(stages.Select((stage, i) => new Stage { StageId = i, NumTasks = stage.All, NumCompletedTasks = stage.Done }));
        return new ExecutePlanResponse { ResponseId = $"p{Guid.NewGuid()}", ExecutionProgress = progress };
    }

    private sealed class Heard : IProgress<QueryProgress>
    {
        public List<QueryProgress> Reports { get; } = [];

        public void Report(QueryProgress value) => Reports.Add(value);
    }

    /// <summary>A clock that goes on by more than the time between two reports whenever somebody looks, so that each message is reported.</summary>
    private sealed class StridingClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency * 3 / 20);
    }
}
