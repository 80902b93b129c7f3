using System.Globalization;
using System.Net;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>A server and who asks it, read from a connection string. It prints as host and port: a token never reaches a message or a log.</summary>
internal sealed class SparkEndpoint
{
    public const int DefaultPort = 15002;
    private const string Scheme = "sc://";

    private SparkEndpoint(string host, int port) => (Host, Port) = (host, port);

    public string Host { get; }

    public int Port { get; }

    public bool UsesTls { get; private init; }

    public string? Token { get; private init; }

    public string UserId { get; private init; } = Environment.UserName;

    public string ClientType { get; private init; } = "Tauro.FeatureStore";

    /// <summary>The session that the caller wants, or null for a new one.</summary>
    public Guid? SessionId { get; private init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; private init; } = [];

    public Uri Address => new UriBuilder(UsesTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, Host, Port).Uri;

    public static SparkEndpoint Of(SparkOptions options)
    {
        var text = options.ConnectionString ?? Environment.GetEnvironmentVariable(SparkOptions.RemoteVariable) ?? $"{Scheme}localhost";
        return Parse(text, options.Token, Environment.GetEnvironmentVariable(SparkOptions.TokenVariable));
    }

    public static SparkEndpoint Parse(string text, string? token = null, string? fallbackToken = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) throw Malformed("it does not start with 'sc://'");
        var rest = text[Scheme.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (authority, path) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        if (authority.Contains(';', StringComparison.Ordinal)) throw Malformed("its parameters must follow '/;'");
        if (path.Length > 0 && path[0] != ';') throw Malformed("it has a path; only parameters after '/;' may follow the host");

        var (host, port) = ParseAuthority(authority);
        var parameters = ParseParameters(path);
        token ??= Take(parameters, "token") ?? fallbackToken;
        var tls = TakeBoolean(parameters, "use_ssl") ?? (!string.IsNullOrEmpty(token) && !IsLoopback(host));
        var session = Take(parameters, "session_id");
        Take(parameters, "token");
        Take(parameters, "grpc_max_message_size"); // Messages of any size are taken here.
        return new SparkEndpoint(host, port)
        {
            Token = string.IsNullOrEmpty(token) ? null : token,
            UsesTls = tls,
            UserId = Take(parameters, "user_id") ?? Environment.UserName,
            ClientType = Take(parameters, "user_agent") ?? "Tauro.FeatureStore",
            SessionId = session is null ? null : Guid.TryParse(session, out var id) ? id : throw Malformed("its session_id is no UUID"),
            Headers = [.. parameters.Select(parameter => (Lower(parameter.Key), parameter.Value))],
        };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Scheme}{Host}:{Port}");

    private static (string Host, int Port) ParseAuthority(string authority)
    {
        var colon = authority.LastIndexOf(':');
        var hasPort = colon >= 0 && !authority.EndsWith(']');
        var host = hasPort ? authority[..colon] : authority;
        if (host.Length == 0) throw Malformed("it names no host");
        if (Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown) throw Malformed("its host is not the name or the address of a machine");
        if (!hasPort) return (host, DefaultPort);
        if (!int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            throw Malformed("its port is not a number from 1 to 65535");
        return (host, port);
    }

    private static Dictionary<string, string> ParseParameters(string path)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in path.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw Malformed("one of its parameters is not of the form name=value");
            if (!parameters.TryAdd(part[..equals], Uri.UnescapeDataString(part[(equals + 1)..])))
                throw Malformed($"its parameter '{part[..equals]}' stands twice");
        }

        return parameters;
    }

    private static string? Take(Dictionary<string, string> parameters, string name) => parameters.Remove(name, out var value) ? value : null;

    private static bool? TakeBoolean(Dictionary<string, string> parameters, string name) => Take(parameters, name) switch
    {
        null => null,
        var text when bool.TryParse(text, out var value) => value,
        _ => throw Malformed($"its {name} is neither true nor false"),
    };

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static string Lower(string name) => string.Create(name.Length, name, static (lower, text) => text.AsSpan().ToLowerInvariant(lower));

    private static ArgumentException Malformed(string what) =>
        new($"The Spark connection string cannot be used: {what}. Write sc://host:port/;token=...;use_ssl=true;user_id=...");
}
