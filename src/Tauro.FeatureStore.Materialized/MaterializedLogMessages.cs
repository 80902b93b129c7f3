using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore.Materialized;

internal static partial class MaterializedLogMessages
{
    [LoggerMessage(EventId = 1200, Level = LogLevel.Warning, Message = "The checkpoint of {Group} at version {Version} could not be written; the next one that is due will be")]
    public static partial void CheckpointFailed(ILogger logger, Exception failure, string group, long version);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Information, Message = "{Engine} computes the rows of {Group} and writes its files; they do not come through this process")]
    public static partial void EngineWrites(ILogger logger, string engine, string group);
}
