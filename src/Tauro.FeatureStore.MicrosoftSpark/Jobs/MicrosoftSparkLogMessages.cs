using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore.Engines.MicrosoftSpark;

internal static partial class MicrosoftSparkLogMessages
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Opened a session of Spark {Version} beside the job's own.")]
    public static partial void SessionOpened(ILogger logger, string version);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Spark did not take the order to cancel a query's jobs; they may run on. {Reason}")]
    public static partial void CancelFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "A temporary view was not dropped; it ends with the session. {Reason}")]
    public static partial void DropFailed(ILogger logger, string reason);
}
