namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The settings of a session by which Spark writes Parquet files as tables of ours have them: standard types, times with statistics, dates that are what they say.</summary>
internal static class ParquetSettings
{
    public static IReadOnlyList<(string Key, string Value)> All { get; } =
    [
        ("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS"),
        ("spark.sql.parquet.writeLegacyFormat", "false"),
        ("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED"),
    ];

    /// <summary>Whether a user's settings leave these as they are.</summary>
    public static bool Hold(IReadOnlyDictionary<string, string> configuration) =>
        All.All(setting => !configuration.TryGetValue(setting.Key, out var value) || value.Equals(setting.Value, StringComparison.OrdinalIgnoreCase));
}
