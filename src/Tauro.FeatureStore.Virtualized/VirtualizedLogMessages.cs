using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore.Virtualized;

internal static partial class VirtualizedLogMessages
{
    [LoggerMessage(EventId = 3000, Level = LogLevel.Information, Message = "Defined {FeatureCount} virtual features of {Group} on {Engine}")]
    public static partial void FeaturesDefined(ILogger logger, int featureCount, string group, string engine);
}
