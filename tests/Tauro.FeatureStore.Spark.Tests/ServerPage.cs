using System.Text.Json;
using System.Text.RegularExpressions;
using Grpc.Core;
using Tauro.FeatureStore.Engines.Spark;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>What the server itself says that it is doing.</summary>
internal static partial class ServerPage
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

    /// <summary>
    /// Waits until the server has done with a session's operations: no job of it runs, its page lists no execution that is not closed, and it knows of none to interrupt.
    /// </summary>
    public static async Task WaitForNothingOfAsync(SparkServer server, Guid session)
    {
        var left = "";
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var states = await ReadStatesAsync(server, session);
            var jobs = await CountJobsAsync(server, session.ToString());
            // A job's start that the page hears of after its execution's end puts RUNNING over CLOSED; whether it runs the jobs tell.
            if (states.Count > 0 && states.All(state => state is "CLOSED" or "RUNNING") && jobs == 0)
            {
                Assert.Empty(await InterruptAllAsync(server, session));
                return;
            }

            left = $"{jobs} running jobs, and executions in the states {string.Join(", ", states.Distinct())}";
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"The server still has {left} of the session {session}.");
    }

    /// <summary>Interrupts whatever a session does, and says what that was.</summary>
    private static async Task<IReadOnlyList<string>> InterruptAllAsync(SparkServer server, Guid session)
    {
        var endpoint = SparkEndpoint.Parse(server.Endpoint);
        using var transport = new SparkTransport(endpoint, TimeSpan.FromSeconds(10));
        var request = new InterruptRequest
        {
            SessionId = session.ToString(), UserContext = new UserContext { UserId = endpoint.UserId, UserName = endpoint.UserId }, InterruptType = InterruptRequest.Types.InterruptType.All,
        };
        try
        {
            return (await transport.Client.InterruptAsync(request, transport.Headers, cancellationToken: TestContext.Current.CancellationToken)).InterruptedIds;
        }
        catch (RpcException failure) when (failure.Status.Detail.Contains("INVALID_HANDLE.SESSION_", StringComparison.Ordinal))
        {
            return []; // The session itself is gone.
        }
    }

    /// <summary>The states of a session's executions, as the server's page about Spark Connect lists them.</summary>
    private static async Task<List<string>> ReadStatesAsync(SparkServer server, Guid session)
    {
        using var answer = await Http.GetAsync(new Uri(server.Page, $"/connect/session/?id={session}&sqlsessionstat.pageSize=1000"), TestContext.Current.CancellationToken);
        if (!answer.IsSuccessStatusCode) return []; // The page hears of a session a little later than the server.
        return [.. State().Matches(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Select(match => match.Groups[1].Value)];
    }

    private static async Task<int> CountJobsAsync(SparkServer server, string session)
    {
        using var jobs = await ReadRunningJobsAsync(server.Page);
        return jobs.RootElement.EnumerateArray().Count(job => session.Length == 0 || job.GetProperty("jobTags").EnumerateArray().Any(tag => tag.GetString()!.Contains(session, StringComparison.Ordinal)));
    }

    /// <summary>How many tasks of all jobs so far have failed.</summary>
    public static async Task<int> CountFailedTasksAsync(Uri page)
    {
        using var jobs = await ReadJobsAsync(page, "");
        return jobs.RootElement.EnumerateArray().Sum(job => job.GetProperty("numFailedTasks").GetInt32());
    }

    private static Task<JsonDocument> ReadRunningJobsAsync(Uri page) => ReadJobsAsync(page, "?status=running");

    private static async Task<JsonDocument> ReadJobsAsync(Uri page, string which)
    {
        using var applications = JsonDocument.Parse(await Http.GetStringAsync(page, TestContext.Current.CancellationToken));
        var application = applications.RootElement[0].GetProperty("id").GetString();
        return JsonDocument.Parse(await Http.GetStringAsync(new Uri($"{page}/{application}/jobs{which}"), TestContext.Current.CancellationToken));
    }

    [GeneratedRegex(@"<td>\s*(STARTED|COMPILED|READY|RUNNING|FINISHED|FAILED|CANCELED|CLOSED)\s*</td>")]
    private static partial Regex State();
}
