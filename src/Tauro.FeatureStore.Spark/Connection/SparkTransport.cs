using System.Net.Security;
using Grpc.Core;
using Grpc.Net.Client;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The connection to one server, shared by all that is asked of it.</summary>
internal sealed class SparkTransport : IDisposable
{
    private const int StreamWindow = 8 << 20;

    private readonly GrpcChannel _channel;

    /// <summary>Makes a connection; nothing is sent before the first call.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="connectTimeout">How long it may take to reach it.</param>
    /// <param name="trusts">Which certificates are trusted beside those that the machine trusts; null for none.</param>
    public SparkTransport(SparkEndpoint endpoint, TimeSpan connectTimeout, RemoteCertificateValidationCallback? trusts = null)
    {
        _channel = GrpcChannel.ForAddress(endpoint.Address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                ConnectTimeout = connectTimeout,
                SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = trusts },
                InitialHttp2StreamWindowSize = StreamWindow,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            },
            DisposeHttpClient = true,
            // A server sends batches of up to 128 MiB; the default here is 4 MiB.
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
            ThrowOperationCanceledOnCancellation = true,
        });
        Client = new SparkConnectService.SparkConnectServiceClient(_channel);
        if (endpoint.Token is not null) Headers.Add("authorization", $"Bearer {endpoint.Token}");
        foreach (var (name, value) in endpoint.Headers) Headers.Add(name, value);
    }

    public SparkConnectService.SparkConnectServiceClient Client { get; }

    /// <summary>What is sent with every call: the token as plain metadata, which works with and without TLS.</summary>
    public Metadata Headers { get; } = [];

    public void Dispose() => _channel.Dispose();
}
