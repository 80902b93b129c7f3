using System.Runtime.CompilerServices;
using Grpc.Core;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// One execution of a plan. The server numbers its messages, so a connection that breaks, or that the server cuts after a while, goes on after the last
/// message that came. It is over with its completion message only; whoever stops before stops the server's work too.
/// </summary>
internal sealed class SparkOperation(SparkSession session, Plan plan, SqlValues? values, ProgressReporter? progress)
{
    private readonly string _id = Guid.NewGuid().ToString();
    private readonly RetrySchedule _retries = new(session.RetryWindow, session.Clock);
    private AsyncServerStreamingCall<ExecutePlanResponse>? _call;
    private string? _lastResponse;
    private bool _isKnown;
    private bool _works;
    private State _state = State.Unsent;

    private enum State
    {
        /// <summary>The server may never have heard of the operation.</summary>
        Unsent,

        /// <summary>The server knows it.</summary>
        Running,

        /// <summary>All of the answer came.</summary>
        Complete,

        /// <summary>The server ended it with an error.</summary>
        Failed,

        /// <summary>The server is gone.</summary>
        Lost,
    }

    public async IAsyncEnumerable<ExecutePlanResponse> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        session.Began(_id);
        try
        {
            while (await NextAsync(cancellationToken).ConfigureAwait(false) is { } response) yield return response;
            progress?.Complete();
        }
        finally
        {
            _call?.Dispose();
            await EndAsync().ConfigureAwait(false);
        }
    }

    private async Task<ExecutePlanResponse?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                _call ??= _state == State.Unsent
                    ? session.StartExecute(plan, _id, cancellationToken)
                    : session.StartReattach(_id, _lastResponse, cancellationToken);
                if (await _call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false)) return Accept(_call.ResponseStream.Current);

                // The stream ended without a completion: servers cut streams after two minutes or a gigabyte. The rest is still there.
                (_state, _isKnown) = (State.Running, true);
                await GoOnAsync(StatusCode.OK, atLeast: null, "it ends before it is complete", cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await RecoverAsync(failure, cancellationToken).ConfigureAwait(false)) return null;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                await GoOnAsync(StatusCode.Cancelled, atLeast: null, "the connection broke", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private ExecutePlanResponse? Accept(ExecutePlanResponse response)
    {
        session.Observe(response.ServerSideSessionId);
        (_state, _isKnown) = (State.Running, true);
        _lastResponse = response.ResponseId;
        _retries.Reset();
        _works |= SparkSession.ShowsWork(response);
        progress?.Report(ShareDone(response.ExecutionProgress));
        if (response.ResponseTypeCase != ExecutePlanResponse.ResponseTypeOneofCase.ResultComplete) return response;
        _state = State.Complete;
        return null;
    }

    /// <summary>
    /// The share of the tasks that Spark knows of. It plans the later ones of a query when the earlier ones are done, so where all are, nothing is known; and a server
    /// of 3.5 says nothing at all.
    /// </summary>
    private static double? ShareDone(ExecutePlanResponse.Types.ExecutionProgress? progress)
    {
        if (progress is null) return null;
        long all = 0, done = 0;
        foreach (var stage in progress.Stages) (all, done) = (all + stage.NumTasks, done + Math.Min(stage.NumCompletedTasks, stage.NumTasks));
        return done < all ? (double)done / all : null;
    }

    /// <summary>Decides what a failed call means: that the answer is over after all (true), that it is tried again, or an exception.</summary>
    private async Task<bool> RecoverAsync(RpcException failure, CancellationToken cancellationToken)
    {
        var info = SparkErrorInfo.Of(failure);
        if (info.Is("INVALID_CURSOR.NOT_REATTACHABLE") && _isKnown)
        {
            // A server that does not reattach at all; there the end of a stream is the end.
            _state = State.Complete;
            return true;
        }

        if (info.IsTransient)
        {
            // Whether the request arrived is unknown: ask for it, and send it again only where the server does not know it.
            _state = State.Running;
            if (!await TryGoOnAsync(info.Status, info.RetryDelay, cancellationToken).ConfigureAwait(false))
            {
                _state = State.Lost;
                throw SparkFailure.From(failure, session.Endpoint);
            }

            return false;
        }

        if (info.Is("INVALID_HANDLE.OPERATION_ALREADY_EXISTS") && !_isKnown)
        {
            _state = State.Running;
            await GoOnAsync(info.Status, atLeast: null, "the server knows the operation and does not answer for it", cancellationToken).ConfigureAwait(false);
            return false;
        }

        var isUnknown = info.Is("INVALID_HANDLE.OPERATION_NOT_FOUND") || info.Is("INVALID_HANDLE.SESSION_NOT_FOUND");
        if (isUnknown && !_isKnown && _state == State.Running)
        {
            _state = State.Unsent;
            await GoOnAsync(info.Status, atLeast: null, "the server does not take the operation", cancellationToken).ConfigureAwait(false);
            return false;
        }

        _state = State.Failed;
        if (isUnknown) throw SparkFailure.Broken(session.Endpoint, "the server lost it in the middle");
        throw await session.ToExceptionAsync(failure, plan, values, cancellationToken).ConfigureAwait(false);
    }

    private async Task GoOnAsync(StatusCode status, TimeSpan? atLeast, string what, CancellationToken cancellationToken)
    {
        if (await TryGoOnAsync(status, atLeast, cancellationToken).ConfigureAwait(false)) return;
        _state = State.Failed;
        throw SparkFailure.Broken(session.Endpoint, what);
    }

    private async Task<bool> TryGoOnAsync(StatusCode status, TimeSpan? atLeast, CancellationToken cancellationToken)
    {
        _call?.Dispose();
        _call = null;
        if (!await _retries.WaitAsync(atLeast, cancellationToken).ConfigureAwait(false)) return false;
        SparkLogMessages.Reattaching(session.Logger, session.Endpoint, _id, status);
        return true;
    }

    private async Task EndAsync()
    {
        if (!session.Ended(_id) || _state == State.Lost) return;
        if (_state is State.Unsent or State.Running) await StopAsync().ConfigureAwait(false);
        await session.ReleaseAsync(_id).ConfigureAwait(false);
    }

    /// <summary>Stops the server's work. A request that was just sent may be taken up only after the first try to stop it.</summary>
    private async Task StopAsync()
    {
        for (var attempt = 0; attempt < 4; attempt++)
        {
            if (attempt > 0) await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), session.Clock).ConfigureAwait(false);
            if (!await session.StopAsync(_id, _lastResponse, _works).ConfigureAwait(false) && _lastResponse is null) continue;
            SparkLogMessages.Interrupted(session.Logger, session.Endpoint, _id);
            return;
        }
    }
}
