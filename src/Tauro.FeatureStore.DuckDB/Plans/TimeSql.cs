using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>Times as whole microseconds since 1970 in UTC.</summary>
internal static class TimeSql
{
    /// <summary>The microseconds of a column; null where it is missing.</summary>
    /// <param name="column">The column, quoted.</param>
    /// <param name="type">Its type, or null where it is missing.</param>
    public static string Micros(string column, DuckDBType? type) => type switch
    {
        null => "CAST(NULL AS BIGINT)",

        // DuckDB's own conversion cuts off towards 1970.
        DuckDBType.TimestampNs => $"((epoch_ns({column}) - ((epoch_ns({column}) % 1000) + 1000) % 1000) // 1000)",
        _ => $"epoch_us({column})",
    };
}
