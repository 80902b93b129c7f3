using System.Diagnostics;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>A server of its own, with a token where the version has one, that is asked with a wrong one and then ends in the middle of an answer.</summary>
public sealed class LostServerTests(SparkServer server)
{
    private const string Token = "the-right-token";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_token_and_a_server_that_goes_in_mid_stream()
    {
        Assert.NotEmpty(server.Endpoint);
        var hasTokens = !server.Version.StartsWith("3.", StringComparison.Ordinal);
        await using var other = await server.StartAnotherAsync(port: server.Port + 7, hasTokens ? [$"spark.connect.authenticate.token={Token}"] : []);
        if (hasTokens) await AssertRefusesAsync(other.Endpoint);

        await AssertLosesAsync(other, other.StopAsync);
    }

    [Fact]
    public async Task A_server_that_is_killed_in_mid_stream()
    {
        Assert.NotEmpty(server.Endpoint);
        await using var other = await server.StartAnotherAsync(port: server.Port + 7);

        await AssertLosesAsync(other, other.KillAsync);
    }

    private static async Task AssertLosesAsync(StartedServer other, Func<Task> end)
    {
        await using var spark = new SparkQueryExecutor(SparkServer.Context, new SparkOptions { ConnectionString = other.Endpoint, Token = Token, RetryWindow = TimeSpan.FromSeconds(2) });
        var watch = new Stopwatch();
        var failure = await Assert.ThrowsAsync<SparkQueryException>(async () =>
        {
            await foreach (var batch in spark.StreamAsync("SELECT id, uuid() AS a, uuid() AS b FROM range(0, 50000000, 1, 50)", cancellationToken: Cancel))
            {
                batch.Dispose();
                if (watch.IsRunning) continue;
                await end();
                watch.Start();
            }
        });

        Assert.True(failure.IsConnectionLost);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"It took {watch.Elapsed}.");
        Assert.Contains("Check that it runs", (await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel))).Message, StringComparison.Ordinal);
    }

    private static async Task AssertRefusesAsync(string endpoint)
    {
        await using var wrong = new SparkQueryExecutor(SparkServer.Context, new SparkOptions { ConnectionString = endpoint, Token = "a-wrong-token" });

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => wrong.ExecuteAsync("SELECT 1", cancellationToken: Cancel));

        Assert.Contains("Check the token", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a-wrong-token", failure.ToString(), StringComparison.Ordinal);
    }
}
