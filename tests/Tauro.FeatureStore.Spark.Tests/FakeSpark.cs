using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>A Spark Connect server on loopback that does what a test tells it: what a real one will not do on demand.</summary>
internal sealed class FakeSpark : IAsyncDisposable
{
    private WebApplication? _app;

    public delegate Task Answer(IServerStreamWriter<ExecutePlanResponse> stream, string operation, CancellationToken cancellationToken);

    public ConcurrentQueue<ExecutePlanRequest> Executed { get; } = [];

    public ConcurrentQueue<ReattachExecuteRequest> Reattached { get; } = [];

    public ConcurrentQueue<string> Interrupted { get; } = [];

    public ConcurrentQueue<string> Released { get; } = [];

    public ConcurrentQueue<string> ReleasedSessions { get; } = [];

    public ConcurrentQueue<KeyValue> Settings { get; } = [];

    public ConcurrentQueue<string> Sessions { get; } = [];

    public ConcurrentQueue<Metadata> Headers { get; } = [];

    public string ServerSession { get; set; } = "server-1";

    /// <summary>What each execution answers, by its number, from one on.</summary>
    public Func<int, Answer> OnExecute { get; set; } = _ => Whole(Row(1));

    /// <summary>What each reattachment answers, by its number and the last message that the client has.</summary>
    public Func<int, string?, Answer> OnReattach { get; set; } = (_, _) => Fail(StatusCode.Internal, "[INVALID_HANDLE.OPERATION_NOT_FOUND] no such operation");

    public Func<string, RpcException?> OnCall { get; set; } = _ => null;

    /// <summary>What becomes of the release of a session, once it is noted.</summary>
    public Func<CancellationToken, Task> OnReleaseSession { get; set; } = _ => Task.CompletedTask;

    /// <summary>The details of each error, by its id; null for a server that has none to give, as one of 3.5.</summary>
    public Func<string, Task<FetchErrorDetailsResponse>>? OnDetails { get; set; }

    public ConcurrentQueue<FetchErrorDetailsRequest> Detailed { get; } = [];

    public string Endpoint { get; private set; } = "";

    public static async Task<FakeSpark> StartAsync(X509Certificate2? certificate = null)
    {
        var fake = new FakeSpark();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = 128 << 20);
        builder.Services.AddSingleton(fake);
        fake._app = builder.Build();
        fake._app.MapGrpcService<Service>();
        await fake._app.StartAsync();
        var address = fake._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        fake.Endpoint = $"sc://127.0.0.1:{new Uri(address).Port.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
        return fake;
    }

    public SparkQueryExecutor CreateExecutor(TimeSpan? timeout = null, TimeSpan? retryWindow = null, string? token = null) => new(SparkServer.Context, new SparkOptions
    {
        ConnectionString = Endpoint,
        Token = token,
        QueryTimeout = timeout ?? TimeSpan.FromSeconds(30),
        RetryWindow = retryWindow ?? TimeSpan.FromSeconds(5),
    });

    /// <summary>The messages of a whole answer: batches, then the completion.</summary>
    public static Answer Whole(params ExecutePlanResponse[] messages) => Part([.. messages, Complete()]);

    /// <summary>An answer that ends without an error and without its completion.</summary>
    public static Answer Part(params ExecutePlanResponse[] messages) => async (stream, operation, _) =>
    {
        foreach (var message in messages)
        {
            message.OperationId = operation;
            await stream.WriteAsync(message, CancellationToken.None);
        }
    };

    public static Answer Fail(StatusCode status, string text, params ExecutePlanResponse[] before) => async (stream, operation, token) =>
    {
        await Part(before)(stream, operation, token);
        throw new RpcException(new Status(status, text));
    };

    /// <summary>An answer that fails as a 4.x server fails.</summary>
    public static Answer Refuse(string text, string errorClass, string sqlState, string? errorId = null)
    {
        var info = new RpcErrorInfo { Reason = "org.apache.spark.sql.AnalysisException", Domain = "org.apache.spark" };
        info.Metadata.Add("errorClass", errorClass);
        info.Metadata.Add("sqlState", sqlState);
        if (errorId is not null) info.Metadata.Add("errorId", errorId);
        var status = new RpcStatus { Code = (int)StatusCode.Internal, Message = text };
        status.Details.Add(new Any { TypeUrl = "type.googleapis.com/google.rpc.ErrorInfo", Value = info.ToByteString() });
        return (_, _, _) => throw new RpcException(new Status(StatusCode.Internal, text), new Metadata { { "grpc-status-details-bin", status.ToByteArray() } });
    }

    /// <summary>Messages, and then nothing until the client goes.</summary>
    public static Answer Hang(params ExecutePlanResponse[] before) => async (stream, operation, token) =>
    {
        await Part(before)(stream, operation, token);
        await Task.Delay(Timeout.Infinite, token);
    };

    public static ExecutePlanResponse Row(long value) => Batch([value], $"r{value}");

    public static ExecutePlanResponse Batch(long[] values, string id) =>
        new() { ResponseId = id, ArrowBatch = new ExecutePlanResponse.Types.ArrowBatch { RowCount = values.Length, Data = Stream(values) } };

    public static ExecutePlanResponse Complete() => new() { ResponseId = "end", ResultComplete = new ExecutePlanResponse.Types.ResultComplete() };

    public static ByteString Stream(params long[] values)
    {
        var builder = new Int64Array.Builder();
        builder.AppendRange(values);
        var batch = new RecordBatch.Builder().Append("v", nullable: true, builder.Build()).Build();
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, batch.Schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        return ByteString.CopyFrom(stream.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        if (_app is null) return;
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private sealed class Service(FakeSpark fake) : SparkConnectService.SparkConnectServiceBase
    {
        public override async Task ExecutePlan(ExecutePlanRequest request, IServerStreamWriter<ExecutePlanResponse> responseStream, ServerCallContext context)
        {
            Called("ExecutePlan", request.SessionId, context);
            fake.Executed.Enqueue(request);
            await fake.OnExecute(fake.Executed.Count)(Named(responseStream), request.OperationId, context.CancellationToken);
        }

        public override async Task ReattachExecute(ReattachExecuteRequest request, IServerStreamWriter<ExecutePlanResponse> responseStream, ServerCallContext context)
        {
            Called("ReattachExecute", request.SessionId, context);
            fake.Reattached.Enqueue(request);
            await fake.OnReattach(fake.Reattached.Count, request.HasLastResponseId ? request.LastResponseId : null)(Named(responseStream), request.OperationId, context.CancellationToken);
        }

        public override Task<AnalyzePlanResponse> AnalyzePlan(AnalyzePlanRequest request, ServerCallContext context)
        {
            Called("AnalyzePlan", request.SessionId, context);
            var answer = new AnalyzePlanResponse { SessionId = request.SessionId, ServerSideSessionId = fake.ServerSession };
            if (request.AnalyzeCase == AnalyzePlanRequest.AnalyzeOneofCase.SparkVersion) answer.SparkVersion = new AnalyzePlanResponse.Types.SparkVersion { Version = "4.1.2" };
            return Task.FromResult(answer);
        }

        public override Task<ConfigResponse> Config(ConfigRequest request, ServerCallContext context)
        {
            Called("Config", request.SessionId, context);
            foreach (var pair in request.Operation.Set.Pairs) fake.Settings.Enqueue(pair);
            return Task.FromResult(new ConfigResponse { SessionId = request.SessionId, ServerSideSessionId = fake.ServerSession });
        }

        public override Task<InterruptResponse> Interrupt(InterruptRequest request, ServerCallContext context)
        {
            Called("Interrupt", request.SessionId, context);
            fake.Interrupted.Enqueue(request.OperationId);
            var answer = new InterruptResponse { SessionId = request.SessionId };
            answer.InterruptedIds.Add(request.OperationId);
            return Task.FromResult(answer);
        }

        public override Task<ReleaseExecuteResponse> ReleaseExecute(ReleaseExecuteRequest request, ServerCallContext context)
        {
            Called("ReleaseExecute", request.SessionId, context);
            fake.Released.Enqueue(request.OperationId);
            return Task.FromResult(new ReleaseExecuteResponse { SessionId = request.SessionId });
        }

        public override async Task<ReleaseSessionResponse> ReleaseSession(ReleaseSessionRequest request, ServerCallContext context)
        {
            Called("ReleaseSession", request.SessionId, context);
            fake.ReleasedSessions.Enqueue(request.SessionId);
            await fake.OnReleaseSession(context.CancellationToken);
            return new ReleaseSessionResponse { SessionId = request.SessionId, ServerSideSessionId = fake.ServerSession };
        }

        public override Task<FetchErrorDetailsResponse> FetchErrorDetails(FetchErrorDetailsRequest request, ServerCallContext context)
        {
            Called("FetchErrorDetails", request.SessionId, context);
            fake.Detailed.Enqueue(request);
            return fake.OnDetails?.Invoke(request.ErrorId) ?? throw new RpcException(new Status(StatusCode.Unimplemented, "Method not found"));
        }

        private void Called(string method, string session, ServerCallContext context)
        {
            fake.Headers.Enqueue(context.RequestHeaders);
            fake.Sessions.Enqueue(session);
            if (fake.OnCall(method) is { } failure) throw failure;
        }

        private NamedStream Named(IServerStreamWriter<ExecutePlanResponse> stream) => new(stream, fake);
    }

    /// <summary>Puts the server's session into each message, as a 4.x server does.</summary>
    private sealed class NamedStream(IServerStreamWriter<ExecutePlanResponse> stream, FakeSpark fake) : IServerStreamWriter<ExecutePlanResponse>
    {
        public Grpc.Core.WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(ExecutePlanResponse message)
        {
            message.ServerSideSessionId = fake.ServerSession;
            return stream.WriteAsync(message);
        }
    }
}
