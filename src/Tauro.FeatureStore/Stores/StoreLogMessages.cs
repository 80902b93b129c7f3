using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

internal static partial class StoreLogMessages
{
    [LoggerMessage(EventId = 1100, Level = LogLevel.Information, Message = "Read {FeatureCount} features for {RowCount} rows on {Engine} in {Milliseconds:f1} ms")]
    public static partial void FeaturesRead(ILogger logger, int featureCount, long rowCount, string engine, double milliseconds);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Wrote {RowCount} rows to {Group} as version {Version} ({Mode}) in {Milliseconds:f1} ms")]
    public static partial void FeaturesWritten(ILogger logger, long rowCount, string group, long version, WriteMode mode, double milliseconds);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "Checked {Checks} parts of the store: all are as they should be")]
    private static partial void Healthy(ILogger logger, int checks);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning, Message = "Checked {Checks} parts of the store: {Broken} are not as they should be")]
    private static partial void Unhealthy(ILogger logger, int checks, string broken);

    /// <summary>Logs a report and hands it on.</summary>
    public static HealthReport Checked(ILogger logger, HealthReport report)
    {
        if (report.IsHealthy) Healthy(logger, report.Checks.Count);
        else Unhealthy(logger, report.Checks.Count, string.Join(", ", report.Checks.Where(check => !check.IsHealthy).Select(check => check.Name)));
        return report;
    }
}
