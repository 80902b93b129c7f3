using Tauro.FeatureStore.Engines.Spark;

namespace Tauro.FeatureStore.Spark.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("sc://spark", "http://spark:15002/")]
    [InlineData("sc://spark:443/;use_ssl=true", "https://spark:443/")]
    [InlineData("sc://spark/;token=a%3Bb", "https://spark:15002/")]
    [InlineData("sc://spark/;token=a;use_ssl=false", "http://spark:15002/")]
    [InlineData("sc://localhost:1/;token=a", "http://localhost:1/")]
    [InlineData("sc://127.0.0.1/;token=a", "http://127.0.0.1:15002/")]
    [InlineData("sc://[::1]:5", "http://[::1]:5/")]
    public void Reads_host_port_and_TLS(string text, string address) => Assert.Equal(new Uri(address), SparkEndpoint.Parse(text).Address);

    [Fact]
    public void Reads_parameters_and_sends_others_as_headers()
    {
        var endpoint = SparkEndpoint.Parse("sc://h:1/;token=a%3Bb;user_id=eva;user_agent=x;session_id=D9B2D63D-A233-4123-847A-76EF1F8B9F1A;X-Databricks-Cluster-Id=c");

        Assert.Equal("a;b", endpoint.Token);
        Assert.Equal("eva", endpoint.UserId);
        Assert.Equal("x", endpoint.ClientType);
        Assert.Equal(Guid.Parse("d9b2d63d-a233-4123-847a-76ef1f8b9f1a"), endpoint.SessionId);
        Assert.Equal([("x-databricks-cluster-id", "c")], endpoint.Headers);
        Assert.Equal("sc://h:1", endpoint.ToString());
    }

    [Theory]
    [InlineData("http://h")]
    [InlineData("sc://")]
    [InlineData("sc://h:0")]
    [InlineData("sc://h:99999")]
    [InlineData("sc://h/path")]
    [InlineData("sc://h;token=SECRET")]
    [InlineData("sc://h/;token")]
    [InlineData("sc://h/;token=SECRET;token=SECRET")]
    [InlineData("sc://h/;use_ssl=maybe;token=SECRET")]
    [InlineData("sc://h/;session_id=1;token=SECRET")]
    public void Refuses_what_it_cannot_read_without_repeating_it(string text)
    {
        var refused = Assert.Throws<ArgumentException>(() => SparkEndpoint.Parse(text));

        Assert.Contains("sc://host:port", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_the_token_of_the_options_first() =>
        Assert.Equal("mine", SparkEndpoint.Parse("sc://h/;token=other", "mine", "third").Token);
}
