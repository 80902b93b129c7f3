namespace Tauro.FeatureStore.Materialized;

/// <summary>The log's times: microseconds since 1970, within the range that .NET can show.</summary>
internal static class DeltaTime
{
    public const long MicrosPerMilli = 1_000;

    private static readonly long Min = Micros(DateTimeOffset.MinValue);
    private static readonly long Max = Micros(DateTimeOffset.MaxValue);

    public static long Micros(DateTimeOffset time) => Math.DivRem(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, TimeSpan.TicksPerMicrosecond) switch
    {
        (var micros, < 0) => micros - 1,
        var (micros, _) => micros,
    };

    public static long Millis(long micros) => (long)Math.Floor(micros / (decimal)MicrosPerMilli);

    public static bool IsInRange(long micros) => micros >= Min && micros <= Max;

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
