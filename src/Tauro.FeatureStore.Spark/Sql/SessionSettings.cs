namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The settings of a Spark session on which answers depend.</summary>
internal static class SessionSettings
{
    private static readonly (string Key, string Value)[] AllWanted =
    [
        ("spark.sql.timestampType", "TIMESTAMP_LTZ"),
        ("spark.sql.variable.substitute", "false"),
        ("spark.sql.caseSensitive", "false"),
        ("spark.sql.execution.arrow.useLargeVarTypes", "false"),
        ("spark.sql.execution.arrow.compression.codec", "none"),
        ("spark.connect.progress.reportInterval", "500ms"),
        .. ParquetSettings.All,
    ];

    /// <summary>What every answer depends on. A session that refuses one of these cannot be used.</summary>
    public static IReadOnlyList<(string Key, string Value)> Required { get; } = [("spark.sql.session.timeZone", "UTC"), ("spark.sql.ansi.enabled", "true")];

    /// <summary>What is set where it can be: defaults of Spark's own that would change a text, a type or a batch, or say late how a query goes on.</summary>
    /// <param name="configuration">The caller's settings, which hold before these.</param>
    public static IEnumerable<(string Key, string Value)> Wanted(IReadOnlyDictionary<string, string> configuration) => AllWanted.Where(pair => !configuration.ContainsKey(pair.Key));
}
