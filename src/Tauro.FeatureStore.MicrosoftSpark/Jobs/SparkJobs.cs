using Microsoft.Extensions.Logging;
using Microsoft.Spark.Sql;
using Tauro.FeatureStore.Engines.Spark;
using SparkSession = Microsoft.Spark.Sql.SparkSession;

namespace Tauro.FeatureStore.Engines.MicrosoftSpark;

/// <summary>Runs blocking work with a session so that it can be stopped: each in a group of jobs of its own, which Spark can be told to cancel.</summary>
internal sealed class SparkJobs(SparkSession session, ILogger logger)
{
    /// <summary>
    /// How many calls of this process may wait for Spark at once. The library has seven connections to the driver by default and lets callers wait for one; some must
    /// stay free for those that cancel.
    /// </summary>
    private const int MostCalls = 4;

    private static readonly SemaphoreSlim Calls = new(MostCalls, MostCalls);
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimeBetweenStops = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs work that asks the driver, and waits for it.</summary>
    public async Task<T> RunAsync<T>(Func<SparkSession, T> work, SqlValues? values, CancellationToken cancellationToken)
    {
        var job = Start((session, token) => Call(() => work(session), token), values, cancellationToken);
        try
        {
            return await job.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await StopAsync(job).ConfigureAwait(false);
        }
    }

    /// <summary>Starts work in a group of jobs of its own.</summary>
    public SparkJob<T> Start<T>(Func<SparkSession, CancellationToken, T> work, SqlValues? values, CancellationToken cancellationToken)
    {
        var group = $"tauro-{Guid.NewGuid():N}";
        return new SparkJob<T>(group, JobThreads.RunAsync(() =>
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                session.SparkContext.SetJobGroup(group, "Tauro.FeatureStore", interruptOnCancel: true);
                return work(session, cancellationToken);
            }
            catch (Exception failure) when (JvmFailure.Of(failure, values) is { } known)
            {
                throw known;
            }
        }));
    }

    /// <summary>A call that waits for Spark, as soon as not too many do.</summary>
    public static T Call<T>(Func<T> call, CancellationToken cancellationToken)
    {
        Calls.Wait(cancellationToken);
        try
        {
            return call();
        }
        finally
        {
            Calls.Release();
        }
    }

    /// <summary>Stops work that still runs, and waits a while for its end.</summary>
    public async Task StopAsync<T>(SparkJob<T> job)
    {
        if (job.Task.IsCompleted) return;
        // What it fails with when it is stopped, nobody waits for.
        _ = job.Task.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await Task.WhenAny(CancelAsync(job), Task.Delay(TimeToStop)).ConfigureAwait(false);
    }

    /// <summary>Cancels until the work has ended: what is still being planned has no job yet that could be cancelled.</summary>
    private async Task CancelAsync<T>(SparkJob<T> job)
    {
        while (!job.Task.IsCompleted)
        {
            try
            {
                await JobThreads.RunAsync(() => session.SparkContext.Reference.Invoke("cancelJobGroup", job.Group)).ConfigureAwait(false);
            }
            catch (Exception failure) when (JvmFailure.Of(failure, values: null) is { } known)
            {
                MicrosoftSparkLogMessages.CancelFailed(logger, known.Message);
                return;
            }

            await Task.WhenAny(job.Task, Task.Delay(TimeBetweenStops)).ConfigureAwait(false);
        }
    }
}

/// <summary>Work that runs, and the group of its jobs.</summary>
internal sealed record SparkJob<T>(string Group, Task<T> Task);
