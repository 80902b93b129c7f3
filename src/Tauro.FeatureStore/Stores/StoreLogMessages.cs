using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

internal static partial class StoreLogMessages
{
    [LoggerMessage(EventId = 1100, Level = LogLevel.Information, Message = "Read {FeatureCount} features for {RowCount} rows on {Engine} in {Milliseconds:f1} ms")]
    public static partial void FeaturesRead(ILogger logger, int featureCount, long rowCount, string engine, double milliseconds);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Wrote {RowCount} rows to {Group} as version {Version} ({Mode}) in {Milliseconds:f1} ms")]
    public static partial void FeaturesWritten(ILogger logger, long rowCount, string group, long version, WriteMode mode, double milliseconds);
}
