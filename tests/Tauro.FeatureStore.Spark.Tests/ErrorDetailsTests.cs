using Grpc.Core;
using Tauro.FeatureStore.Engines.Spark.Protocol;
using static Tauro.FeatureStore.Spark.Tests.FakeSpark;
using QueryContext = Tauro.FeatureStore.Engines.Spark.Protocol.FetchErrorDetailsResponse.Types.QueryContext;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>What a 4.x server says about an error on request, and servers that say nothing more.</summary>
public sealed class ErrorDetailsTests(SparkServer server)
{
    private const string Sql = "SELECT 1,\n  a / b FROM t";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_details_are_asked_for_once_and_complete_what_the_status_says()
    {
        await using var fake = await FakeSpark.StartAsync();
        var whole = $"The list {new string('x', 3000)} is too long.";
        fake.OnExecute = _ => Refuse($"{whole[..2045]}...", "SOME_CLASS", "42000", errorId: "e-1");
        fake.OnDetails = _ => Task.FromResult(Details(whole, "SOME_CLASS.OF_IT", "42K99", new QueryContext { StartIndex = Sql.IndexOf('a'), Fragment = "a / b" }));

        var failure = await FailAsync(fake);

        Assert.Contains(whole, failure.Message, StringComparison.Ordinal);
        Assert.Equal("SOME_CLASS.OF_IT", failure.ErrorClass);
        Assert.Equal("42K99", failure.SqlState);
        Assert.Equal(new SqlPosition(2, 3), failure.Position);
        var asked = Assert.Single(fake.Detailed);
        Assert.Equal("e-1", asked.ErrorId);
        Assert.Equal(fake.Executed.Single().SessionId, asked.SessionId);
        Assert.Single(fake.Released);
    }

    [Fact]
    public async Task An_error_that_only_reports_another_has_the_others_class_and_place()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Refuse("The job failed.", "", "", errorId: "e-1");
        var cause = Details("The divisor is zero.", "DIVIDE_BY_ZERO", "22012", new QueryContext { StartIndex = Sql.IndexOf('a'), Fragment = "a / b" }).Errors[0];
        var details = new FetchErrorDetailsResponse { RootErrorIdx = 1 };
        details.Errors.Add(cause);
        details.Errors.Add(new FetchErrorDetailsResponse.Types.Error { Message = "The job failed, as it does.", CauseIdx = 0 });
        fake.OnDetails = _ => Task.FromResult(details);

        var failure = await FailAsync(fake);

        Assert.Equal("DIVIDE_BY_ZERO", failure.ErrorClass);
        Assert.Equal(new SqlPosition(2, 3), failure.Position);
        Assert.Contains("The job failed, as it does.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VIEW", 12, "a / b")]
    [InlineData("", 11, "a / b")]
    [InlineData("", 5000, "a / b")]
    [InlineData("", -1, "")]
    public async Task A_context_that_is_not_the_querys_gives_no_place(string objectType, int start, string fragment)
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Refuse("It failed.", "SOME_CLASS", "42000", errorId: "e-1");
        fake.OnDetails = _ => Task.FromResult(Details("It failed.", "SOME_CLASS", "42000", new QueryContext { ObjectType = objectType, StartIndex = start, Fragment = fragment }));

        Assert.Null((await FailAsync(fake)).Position);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(StatusCode.Unimplemented)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unavailable)]
    public async Task A_server_that_does_not_say_more_changes_nothing(StatusCode? status)
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Refuse("The table `t` cannot be found.", "TABLE_OR_VIEW_NOT_FOUND", "42P01", errorId: "e-1");
        if (status is { } code) fake.OnDetails = _ => throw new RpcException(new Status(code, "no details"));

        var failure = await FailAsync(fake);

        Assert.Equal("TABLE_OR_VIEW_NOT_FOUND", failure.ErrorClass);
        Assert.Contains("The table `t` cannot be found. Check the name", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsConnectionLost);
        Assert.Single(fake.Detailed);
    }

    [Fact]
    public async Task Details_that_make_no_sense_change_nothing()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Refuse("It failed.", "SOME_CLASS", "42000", errorId: "e-1");
        fake.OnDetails = _ => Task.FromResult(new FetchErrorDetailsResponse { RootErrorIdx = 7 });

        Assert.Equal("SOME_CLASS", (await FailAsync(fake)).ErrorClass);
    }

    [Fact]
    public async Task Details_that_never_come_are_not_waited_for_beyond_the_querys_time()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Refuse("It failed.", "SOME_CLASS", "42000", errorId: "e-1");
        var never = new TaskCompletionSource<FetchErrorDetailsResponse>();
        fake.OnDetails = _ => never.Task;
        await using var spark = fake.CreateExecutor(timeout: TimeSpan.FromSeconds(1));

        Assert.Equal("SOME_CLASS", (await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync(Sql, cancellationToken: Cancel))).ErrorClass);

        never.SetResult(new FetchErrorDetailsResponse());
    }

    [Fact]
    public async Task No_details_are_asked_for_where_the_server_names_none()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnExecute = _ => Fail(StatusCode.Internal, "[SOME_CLASS] It failed.");

        await FailAsync(fake);

        Assert.Empty(fake.Detailed);
    }

    [Fact]
    public async Task A_real_server_says_a_long_message_whole_or_as_much_as_it_can()
    {
        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => server.SharedExecutor.ExecuteAsync("SELECT raise_error(repeat('x', 3000))", cancellationToken: Cancel));

        // Spark 3.5 cuts the text at 2048 characters, and has nothing more to say.
        Assert.Contains(new string('x', server.Version.StartsWith("3.", StringComparison.Ordinal) ? 1700 : 3000), failure.Message, StringComparison.Ordinal);
    }

    private static FetchErrorDetailsResponse Details(string message, string errorClass, string sqlState, QueryContext context)
    {
        var throwable = new FetchErrorDetailsResponse.Types.SparkThrowable { ErrorClass = errorClass, SqlState = sqlState };
        throwable.QueryContexts.Add(context);
        var details = new FetchErrorDetailsResponse { RootErrorIdx = 0 };
        details.Errors.Add(new FetchErrorDetailsResponse.Types.Error { Message = message, SparkThrowable = throwable });
        return details;
    }

    private static async Task<SparkQueryException> FailAsync(FakeSpark fake)
    {
        await using var spark = fake.CreateExecutor();
        return await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync(Sql, cancellationToken: Cancel));
    }
}
