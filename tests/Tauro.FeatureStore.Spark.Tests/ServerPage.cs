using System.Text.Json;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>What the server itself says that it is doing.</summary>
internal static class ServerPage
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Waits until the server runs a job, or none.</summary>
    public static async Task WaitForJobsAsync(SparkServer server, bool running)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await CountJobsAsync(server) > 0 == running) return;
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.Fail(running ? "The server did not start the query." : "The server still runs the query.");
    }

    private static async Task<int> CountJobsAsync(SparkServer server)
    {
        using var applications = JsonDocument.Parse(await Http.GetStringAsync(server.Page, TestContext.Current.CancellationToken));
        var application = applications.RootElement[0].GetProperty("id").GetString();
        using var jobs = JsonDocument.Parse(await Http.GetStringAsync(new Uri($"{server.Page}/{application}/jobs?status=running"), TestContext.Current.CancellationToken));
        return jobs.RootElement.GetArrayLength();
    }
}
