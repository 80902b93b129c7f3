using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>How a connection begins: over TLS, and with a cluster that has to start first.</summary>
public sealed class FirstContactTests
{
    private const string Token = "the-secret-token";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_with_tls_gets_the_token_over_it()
    {
        using var certificate = Certify();
        await using var fake = await FakeSpark.StartAsync(certificate);
        await using var spark = CreateExecutor(fake, (_, offered, _, _) => offered?.GetCertHashString() == certificate.GetCertHashString());

        using var answer = await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel);

        Assert.Equal([1L], answer.GetColumn<long>("v"));
        Assert.All(fake.Headers, headers => Assert.Equal($"Bearer {Token}", headers.GetValue("authorization")));
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_an_error_and_the_token_is_not_sent()
    {
        using var certificate = Certify();
        await using var fake = await FakeSpark.StartAsync(certificate);
        await using var spark = CreateExecutor(fake, trusts: null);

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel));

        Assert.True(failure.IsConnectionLost);
        Assert.Contains("with a certificate that this machine trusts", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(fake.Headers);
    }

    [Fact]
    public async Task A_cluster_that_is_starting_is_asked_again_when_it_says()
    {
        await using var fake = await FakeSpark.StartAsync();
        var asked = 0;
        fake.OnCall = method => method == "AnalyzePlan" && ++asked <= 2 ? Starting(TimeSpan.FromMilliseconds(50)) : null;
        await using var spark = fake.CreateExecutor();

        using var answer = await spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel);

        Assert.Equal([1L], answer.GetColumn<long>("v"));
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_cluster_that_goes_on_starting_is_an_error_after_the_connect_timeout()
    {
        await using var fake = await FakeSpark.StartAsync();
        fake.OnCall = _ => Starting(TimeSpan.FromMilliseconds(50));
        await using var spark = new SparkQueryExecutor(SparkServer.Context, new SparkOptions { ConnectionString = fake.Endpoint, ConnectTimeout = TimeSpan.FromSeconds(1) });

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => spark.ExecuteAsync("SELECT 1", cancellationToken: Cancel));

        Assert.Contains("did not answer within 1 s", failure.Message, StringComparison.Ordinal);
    }

    private static SparkQueryExecutor CreateExecutor(FakeSpark fake, RemoteCertificateValidationCallback? trusts) =>
        new(SparkServer.Context, new SparkOptions { ConnectionString = $"{fake.Endpoint}/;use_ssl=true", Token = Token }) { TrustsCertificate = trusts };

    private static X509Certificate2 Certify()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static RpcException Starting(TimeSpan delay)
    {
        var status = new RpcStatus { Code = (int)StatusCode.FailedPrecondition, Message = "The cluster is starting." };
        status.Details.Add(new Any { TypeUrl = "type.googleapis.com/google.rpc.RetryInfo", Value = new RpcRetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }.ToByteString() });
        return new RpcException(new Status(StatusCode.FailedPrecondition, status.Message), new Metadata { { "grpc-status-details-bin", status.ToByteArray() } });
    }
}
