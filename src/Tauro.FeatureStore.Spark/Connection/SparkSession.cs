using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>One Spark session: settings and temporary views of its own. Several operations may run in it at once.</summary>
internal sealed class SparkSession : IAsyncDisposable
{
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(5);

    private readonly SparkTransport _transport;
    private readonly UserContext _user;
    private readonly ConcurrentDictionary<string, bool> _operations = new(StringComparer.Ordinal);
    private string? _serverSession;

    private SparkSession(SparkTransport transport, SparkEndpoint endpoint, TimeProvider clock, TimeSpan retryWindow, ILogger logger)
    {
        (_transport, Endpoint, Clock, RetryWindow, Logger) = (transport, endpoint, clock, retryWindow, logger);
        _user = new UserContext { UserId = endpoint.UserId, UserName = endpoint.UserId };
        // Servers look operations up by the text as it was sent: always the canonical lower-case form.
        Id = (endpoint.SessionId ?? Guid.NewGuid()).ToString();
    }

    public string Id { get; }

    public SparkEndpoint Endpoint { get; }

    public TimeProvider Clock { get; }

    public TimeSpan RetryWindow { get; }

    public ILogger Logger { get; }

    /// <summary>The server's version, such as <c>4.1.2</c>.</summary>
    public string ServerVersion { get; private set; } = "";

    private SparkConnectService.SparkConnectServiceClient Client => _transport.Client;

    /// <summary>Proves that the server answers, and sets the session up.</summary>
    public static async Task<SparkSession> OpenAsync(
        SparkTransport transport, SparkEndpoint endpoint, SparkOptions options, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        using var deadline = new QueryDeadline(options.ConnectTimeout, clock, cancellationToken);
        var session = new SparkSession(transport, endpoint, clock, options.RetryWindow, logger);
        try
        {
            await session.GreetAsync(deadline.Token).ConfigureAwait(false);
            await session.ConfigureAsync(options.Configuration, deadline.Token).ConfigureAwait(false);
            SparkLogMessages.SessionOpened(logger, endpoint, session.ServerVersion, session.Id);
            return session;
        }
        catch (RpcException failure)
        {
            throw SparkFailure.From(failure, endpoint);
        }
        catch (OperationCanceledException cancelled) when (!cancellationToken.IsCancellationRequested)
        {
            throw SparkFailure.Unreachable(endpoint, options.ConnectTimeout, cancelled);
        }
    }

    /// <summary>
    /// Sets the session up again where the server does not say which session of its own answers: Spark 3.5 replaces one that it lost, by a restart or after an idle
    /// hour, by an empty one without a word, and then its own zone and mode would hold.
    /// </summary>
    public async Task RenewAsync(IReadOnlyDictionary<string, string> configuration, CancellationToken cancellationToken)
    {
        if (_serverSession is not null) return;
        try
        {
            await ConfigureAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException failure)
        {
            throw SparkFailure.From(failure, Endpoint);
        }
    }

    /// <summary>Runs a plan; the answer's messages, whole and once, however often the connection breaks.</summary>
    public IAsyncEnumerable<ExecutePlanResponse> ExecuteAsync(Plan plan, SqlValues? values, ProgressReporter? progress, CancellationToken cancellationToken) =>
        new SparkOperation(this, plan, values, progress).RunAsync(cancellationToken);

    /// <summary>Runs a plan that has no rows to give.</summary>
    public async Task ExecuteCommandAsync(Command command, CancellationToken cancellationToken)
    {
        var plan = new Plan { Command = command };
        await foreach (var _ in ExecuteAsync(plan, values: null, progress: null, cancellationToken).ConfigureAwait(false))
        {
        }
    }

    /// <summary>The columns of a plan, found without running it.</summary>
    public async Task<Protocol.DataType> DescribeAsync(Plan plan, SqlValues? values, CancellationToken cancellationToken)
    {
        var request = AnalyzeRequest();
        request.Schema = new AnalyzePlanRequest.Types.Schema { Plan = plan };
        return (await AnalyzeAsync(request, values, cancellationToken).ConfigureAwait(false)).Schema.Schema_;
    }

    /// <summary>How Spark would run a plan, as its text.</summary>
    public async Task<string> ExplainAsync(Plan plan, SqlValues? values, CancellationToken cancellationToken)
    {
        var request = AnalyzeRequest();
        request.Explain = new AnalyzePlanRequest.Types.Explain { Plan = plan, ExplainMode = AnalyzePlanRequest.Types.Explain.Types.ExplainMode.Simple };
        return (await AnalyzeAsync(request, values, cancellationToken).ConfigureAwait(false)).Explain.ExplainString;
    }

    /// <summary>A cheap call that says whether the server still answers for this session.</summary>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        var request = AnalyzeRequest();
        request.SparkVersion = new AnalyzePlanRequest.Types.SparkVersion();
        await AnalyzeAsync(request, values: null, cancellationToken).ConfigureAwait(false);
    }

    public AsyncServerStreamingCall<ExecutePlanResponse> StartExecute(Plan plan, string operation, CancellationToken cancellationToken)
    {
        var request = new ExecutePlanRequest { SessionId = Id, UserContext = _user, ClientType = Endpoint.ClientType, Plan = plan, OperationId = operation };
        request.RequestOptions.Add(new ExecutePlanRequest.Types.RequestOption { ReattachOptions = new ReattachOptions { Reattachable = true } });
        if (_serverSession is { } observed) request.ClientObservedServerSideSessionId = observed;
        return Client.ExecutePlan(request, _transport.Headers, cancellationToken: cancellationToken);
    }

    public AsyncServerStreamingCall<ExecutePlanResponse> StartReattach(string operation, string? lastResponse, CancellationToken cancellationToken)
    {
        var request = new ReattachExecuteRequest { SessionId = Id, UserContext = _user, ClientType = Endpoint.ClientType, OperationId = operation };
        if (lastResponse is not null) request.LastResponseId = lastResponse;
        if (_serverSession is { } observed) request.ClientObservedServerSideSessionId = observed;
        return Client.ReattachExecute(request, _transport.Headers, cancellationToken: cancellationToken);
    }

    /// <summary>Stops an operation on the server, and says whether it was running there. Cancelling the call alone would leave it running.</summary>
    private async Task<bool> InterruptAsync(string operation)
    {
        var request = new InterruptRequest
        {
            SessionId = Id,
            UserContext = _user,
            ClientType = Endpoint.ClientType,
            InterruptType = InterruptRequest.Types.InterruptType.OperationId,
            OperationId = operation,
        };
        var stopped = false;
        await CleanUpAsync(async token =>
        {
            var answer = await Client.InterruptAsync(request, _transport.Headers, cancellationToken: token).ConfigureAwait(false);
            stopped = answer.InterruptedIds.Count > 0;
        }).ConfigureAwait(false);
        return stopped;
    }

    /// <summary>
    /// Stops an operation on the server for good, and says whether it was running there. Two habits of a 4.1 server would leave its jobs running, with nobody to end
    /// them: one that is interrupted while it plans still submits the first job, so it is let begin; and one that is freed before it has ended is forgotten with its jobs. One that the
    /// server does not have yet is not stopped: where it comes in later after all, the server ends it as abandoned.
    /// </summary>
    /// <param name="operation">The operation.</param>
    /// <param name="lastResponse">The last message that came of it, or null.</param>
    /// <param name="works">Whether it is known to be beyond its planning.</param>
    public async Task<bool> StopAsync(string operation, string? lastResponse, bool works)
    {
        if (!works && _serverSession is not null && !await ReadOnAsync(operation, lastResponse, ShowsWork).ConfigureAwait(false)) return false;
        var stopped = await InterruptAsync(operation).ConfigureAwait(false);
        if (stopped) await ReadOnAsync(operation, lastResponse, _ => false).ConfigureAwait(false);
        return stopped;
    }

    /// <summary>Whether a message of an operation shows that its jobs have begun.</summary>
    public static bool ShowsWork(ExecutePlanResponse response) =>
        response.ResponseTypeCase is ExecutePlanResponse.ResponseTypeOneofCase.ArrowBatch or ExecutePlanResponse.ResponseTypeOneofCase.ResultComplete
        || response.ExecutionProgress is { Stages.Count: > 0 };

    /// <summary>Frees what the server holds for an operation.</summary>
    public Task ReleaseAsync(string operation) => CleanUpAsync(token => Client.ReleaseExecuteAsync(
        new ReleaseExecuteRequest
        {
            SessionId = Id, UserContext = _user, ClientType = Endpoint.ClientType, OperationId = operation,
            ReleaseAll = new ReleaseExecuteRequest.Types.ReleaseAll(),
        },
        _transport.Headers, cancellationToken: token).ResponseAsync);

    /// <summary>The exception for a failed call, with what the server says about it on request.</summary>
    public async Task<SparkQueryException> ToExceptionAsync(RpcException failure, Plan? plan, SqlValues? values, CancellationToken cancellationToken)
    {
        var info = SparkErrorInfo.Of(failure);
        if (info.ErrorId is { } error && await FetchDetailsAsync(error, cancellationToken).ConfigureAwait(false) is { } details) info = info.With(details);
        return SparkFailure.From(info, failure, Endpoint, values, plan?.Root?.Sql?.Query);
    }

    /// <summary>Remembers which session of the server answers; another one than before has lost our views and settings.</summary>
    public void Observe(string serverSession)
    {
        if (serverSession.Length == 0) return; // Spark 3.5 does not say.
        var known = Interlocked.CompareExchange(ref _serverSession, serverSession, null);
        if (known is not null && known != serverSession) throw SparkFailure.SessionChanged(Endpoint);
    }

    /// <summary>Says that an operation of this session may be on the server from now on.</summary>
    public void Began(string operation) => _operations[operation] = true;

    /// <summary>Says that an operation is over, and whether its end is still to be told to the server.</summary>
    public bool Ended(string operation) => _operations.TryRemove(operation, out _);

    /// <summary>Stops what still runs in the session, and closes it on the server. Spark 3.5 cannot close one, and forgets it after an hour.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var operation in _operations.Keys)
        {
            if (!Ended(operation)) continue;
            await StopAsync(operation, lastResponse: null, works: false).ConfigureAwait(false);
            await ReleaseAsync(operation).ConfigureAwait(false);
        }

        await CleanUpAsync(
            token => Client.ReleaseSessionAsync(
                new ReleaseSessionRequest { SessionId = Id, UserContext = _user, ClientType = Endpoint.ClientType }, _transport.Headers, cancellationToken: token).ResponseAsync,
            LogUnreleased).ConfigureAwait(false);
        _transport.Dispose();
    }

    /// <summary>A managed cluster that has to start first says when to ask again.</summary>
    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        var request = AnalyzeRequest();
        request.SparkVersion = new AnalyzePlanRequest.Types.SparkVersion();
        while (true)
        {
            try
            {
                var answer = await Client.AnalyzePlanAsync(request, _transport.Headers, cancellationToken: cancellationToken).ConfigureAwait(false);
                Observe(answer.ServerSideSessionId);
                ServerVersion = answer.SparkVersion?.Version ?? "";
                return;
            }
            catch (RpcException failure) when (SparkErrorInfo.Of(failure).WaitForStart is { } delay)
            {
                await Task.Delay(delay, Clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ConfigureAsync(IReadOnlyDictionary<string, string> configuration, CancellationToken cancellationToken)
    {
        await SetAsync([.. configuration.Select(pair => (pair.Key, pair.Value)), .. SessionSettings.Required], cancellationToken).ConfigureAwait(false);
        (string Key, string Value)[] wanted = [.. SessionSettings.Wanted(configuration)];
        try
        {
            await SetAsync(wanted, cancellationToken).ConfigureAwait(false);
            return;
        }
        catch (RpcException refused) when (!SparkErrorInfo.Of(refused).IsTransient)
        {
            // Managed clouds let only some keys be set: then each by itself.
        }

        foreach (var pair in wanted)
        {
            try
            {
                await SetAsync([pair], cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException refused) when (!SparkErrorInfo.Of(refused).IsTransient)
            {
                SparkLogMessages.SettingRefused(Logger, pair.Key, SparkErrorInfo.Of(refused).ErrorClass);
            }
        }
    }

    private async Task SetAsync(IReadOnlyList<(string Key, string Value)> pairs, CancellationToken cancellationToken)
    {
        var set = new ConfigRequest.Types.Set();
        set.Pairs.AddRange(pairs.Select(pair => new KeyValue { Key = pair.Key, Value = pair.Value }));
        var request = new ConfigRequest { SessionId = Id, UserContext = _user, ClientType = Endpoint.ClientType, Operation = new ConfigRequest.Types.Operation { Set = set } };
        if (_serverSession is { } observed) request.ClientObservedServerSideSessionId = observed;
        var answer = await Client.ConfigAsync(request, _transport.Headers, cancellationToken: cancellationToken).ConfigureAwait(false);
        Observe(answer.ServerSideSessionId);
    }

    private AnalyzePlanRequest AnalyzeRequest()
    {
        var request = new AnalyzePlanRequest { SessionId = Id, UserContext = _user, ClientType = Endpoint.ClientType };
        if (_serverSession is { } observed) request.ClientObservedServerSideSessionId = observed;
        return request;
    }

    /// <summary>Analyses; a connection that broke is tried again, since an analysis changes nothing.</summary>
    private async Task<AnalyzePlanResponse> AnalyzeAsync(AnalyzePlanRequest request, SqlValues? values, CancellationToken cancellationToken)
    {
        var retries = new RetrySchedule(RetryWindow, Clock);
        while (true)
        {
            try
            {
                var answer = await Client.AnalyzePlanAsync(request, _transport.Headers, cancellationToken: cancellationToken).ConfigureAwait(false);
                Observe(answer.ServerSideSessionId);
                return answer;
            }
            catch (RpcException failure)
            {
                var info = SparkErrorInfo.Of(failure);
                if (!info.IsTransient || !await retries.WaitAsync(info.RetryDelay, cancellationToken).ConfigureAwait(false))
                    throw await ToExceptionAsync(failure, request.Schema?.Plan, values, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reads an operation's messages until one of a kind, or its end; false where the server does not have the operation.</summary>
    private async Task<bool> ReadOnAsync(string operation, string? lastResponse, Func<ExecutePlanResponse, bool> until)
    {
        var isThere = true;
        await CleanUpAsync(async token =>
        {
            for (var again = true; again;)
            {
                again = false;
                using var call = StartReattach(operation, lastResponse, token);
                try
                {
                    while (await call.ResponseStream.MoveNext(token).ConfigureAwait(false) && !until(call.ResponseStream.Current))
                    {
                    }
                }
                catch (RpcException ended)
                {
                    // The call before this one may reach the server after it, and take its place. One that was interrupted ends with an error, too.
                    var info = SparkErrorInfo.Of(ended);
                    again = info.Is("INVALID_CURSOR.DISCONNECTED");
                    isThere = !info.Is("INVALID_HANDLE.OPERATION_NOT_FOUND") && !info.Is("INVALID_HANDLE.SESSION_NOT_FOUND");
                }
            }
        }).ConfigureAwait(false);
        return isThere;
    }

    /// <summary>Asks once for what the server knows about an error; null where it does not say.</summary>
    private async Task<FetchErrorDetailsResponse?> FetchDetailsAsync(string error, CancellationToken cancellationToken)
    {
        var request = new FetchErrorDetailsRequest { SessionId = Id, UserContext = _user, ClientType = Endpoint.ClientType, ErrorId = error };
        if (_serverSession is { } observed) request.ClientObservedServerSideSessionId = observed;
        FetchErrorDetailsResponse? details = null;
        await CleanUpAsync(
            async token => details = await Client.FetchErrorDetailsAsync(request, _transport.Headers, cancellationToken: token).ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return details;
    }

    /// <summary>A call after which nothing depends on its answer: it has a time of its own, and what fails in it is a note in the log.</summary>
    private async Task CleanUpAsync(Func<CancellationToken, Task> call, Action<StatusCode, string?>? log = null, CancellationToken cancellationToken = default)
    {
        log ??= (status, _) => SparkLogMessages.CleanUpFailed(Logger, Endpoint, status);
        using var time = new CancellationTokenSource(CleanUpTime, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            await call(either.Token).ConfigureAwait(false);
        }
        catch (RpcException failure)
        {
            log(failure.StatusCode, SparkErrorInfo.Of(failure).ErrorClass);
        }
        catch (OperationCanceledException)
        {
            log(StatusCode.DeadlineExceeded, null);
        }
    }

    /// <summary>Whoever runs the server should know of a session that stays open there for an hour, unless it is one of 3.5, where each does.</summary>
    private void LogUnreleased(StatusCode status, string? errorClass)
    {
        if (status == StatusCode.Unimplemented) SparkLogMessages.CleanUpFailed(Logger, Endpoint, status);
        else SparkLogMessages.SessionNotReleased(Logger, Id, Endpoint, status, errorClass);
    }
}
