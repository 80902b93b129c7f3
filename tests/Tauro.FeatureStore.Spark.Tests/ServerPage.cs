using System.Text.Json;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>What the server itself says that it is doing.</summary>
internal static class ServerPage
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromMinutes(1) };

    /// <summary>Waits until the server runs a job, or none; with a session, one of it.</summary>
    public static async Task WaitForJobsAsync(SparkServer server, bool running, string session = "")
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await CountJobsAsync(server, session) > 0 == running) return;
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.Fail(running ? "The server did not start the query." : "The server still runs the query.");
    }

    /// <summary>Waits until some tasks of a running job are done.</summary>
    public static async Task WaitForTasksAsync(Uri page)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            using var jobs = await ReadRunningJobsAsync(page);
            if (jobs.RootElement.EnumerateArray().Any(job => job.GetProperty("numCompletedTasks").GetInt32() > 1)) return;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail("The server did not start the query.");
    }

    private static async Task<int> CountJobsAsync(SparkServer server, string session)
    {
        using var jobs = await ReadRunningJobsAsync(server.Page);
        return jobs.RootElement.EnumerateArray().Count(job => job.GetProperty("name").GetString()!.Contains(session, StringComparison.Ordinal));
    }

    private static async Task<JsonDocument> ReadRunningJobsAsync(Uri page)
    {
        using var applications = JsonDocument.Parse(await Http.GetStringAsync(page, TestContext.Current.CancellationToken));
        var application = applications.RootElement[0].GetProperty("id").GetString();
        return JsonDocument.Parse(await Http.GetStringAsync(new Uri($"{page}/{application}/jobs?status=running"), TestContext.Current.CancellationToken));
    }
}
