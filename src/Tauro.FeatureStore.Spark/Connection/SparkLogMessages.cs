using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore.Engines.Spark;

internal static partial class SparkLogMessages
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Opened the Spark session {Session} at {Endpoint}, Spark {Version}.")]
    public static partial void SessionOpened(ILogger logger, SparkEndpoint endpoint, string version, string session);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The Spark server does not let {Setting} be set ({ErrorClass}); its own value holds.")]
    public static partial void SettingRefused(ILogger logger, string setting, string? errorClass);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "The answer of operation {Operation} at {Endpoint} was cut ({Status}); going on after its last message.")]
    public static partial void Reattaching(ILogger logger, SparkEndpoint endpoint, string operation, StatusCode status);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Stopped operation {Operation} at {Endpoint}.")]
    public static partial void Interrupted(ILogger logger, SparkEndpoint endpoint, string operation);

    [LoggerMessage(EventId = 5, Level = LogLevel.Debug, Message = "The Spark server {Endpoint} did not take a call of which nothing depends ({Status}): one that frees what it holds, which it does by itself in time, or one that asks for the details of an error.")]
    public static partial void CleanUpFailed(ILogger logger, SparkEndpoint endpoint, StatusCode status);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "The Spark server {Endpoint} failed to close the session {Session} ({Status}, {ErrorClass}); it may hold what the session had until that has been idle for long enough.")]
    public static partial void SessionNotReleased(ILogger logger, string session, SparkEndpoint endpoint, StatusCode status, string? errorClass);
}
