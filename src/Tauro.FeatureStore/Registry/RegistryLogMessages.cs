using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

internal static partial class RegistryLogMessages
{
    [LoggerMessage(EventId = 1000, Level = LogLevel.Information, Message = "Registered feature group {Group} version {Version} with {FeatureCount} features")]
    public static partial void GroupRegistered(ILogger logger, string group, int version, int featureCount);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Removed feature group {Group} with all its versions")]
    public static partial void GroupRemoved(ILogger logger, string group);
}
