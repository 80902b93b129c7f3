namespace Tauro.FeatureStore.Materialized;

/// <summary>The log's times: the milliseconds that Delta writes, and what a log may state.</summary>
internal static class DeltaTime
{
    public const long MicrosPerMilli = 1_000;

    public static long Millis(long micros) => (long)Math.Floor(micros / (decimal)MicrosPerMilli);

    public static bool IsInRange(long micros) => micros is >= UtcTime.MinValue and <= UtcTime.MaxValue;

    /// <summary>A time that a log states. A stray one far in the future would leave no room for the commits after it.</summary>
    public static long CheckMicros(long micros) =>
        IsInRange(micros) ? micros : throw new FormatException("a time is outside the years 1 to 9999");

    public static long CheckMillis(long millis)
    {
        _ = millis is > long.MinValue / MicrosPerMilli and < long.MaxValue / MicrosPerMilli
            ? CheckMicros(millis * MicrosPerMilli)
            : CheckMicros(long.MaxValue);
        return millis;
    }
}
