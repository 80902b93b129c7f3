namespace Tauro.FeatureStore;

/// <summary>Moments as the store holds them: UTC microseconds since 1970. Parts of a microsecond are floored.</summary>
internal static class UtcTime
{
    public const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>The first microsecond of year 1, the first that .NET has.</summary>
    public const long MinValue = -62_135_596_800_000_000;

    /// <summary>The last microsecond of year 9999, the last that .NET has.</summary>
    public const long MaxValue = 253_402_300_799_999_999;

    public const int MinDay = -719_162;
    public const int MaxDay = 2_932_896;

    private static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;

    public static long FromDateTimeOffset(DateTimeOffset moment) => FromTicks(moment.UtcTicks);

    /// <summary>Local times are converted; a time of unspecified kind is taken as UTC.</summary>
    public static long FromDateTime(DateTime moment) => FromTicks((moment.Kind == DateTimeKind.Local ? moment.ToUniversalTime() : moment).Ticks);

    public static int FromDate(DateOnly day) => day.DayNumber - EpochDay;

    public static DateTimeOffset ToDateTimeOffset(long microseconds) =>
        new(DateTimeOffset.UnixEpoch.Ticks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    public static DateOnly ToDate(int day) => DateOnly.FromDayNumber(day + EpochDay);

    public static long ToMicroseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    public static long Now(TimeProvider clock) => FromDateTimeOffset(clock.GetUtcNow());

    private static long FromTicks(long utcTicks)
    {
        // The ticks of year 1 are zero, so the division floors before the shift to 1970 makes some of them negative.
        return (utcTicks / TimeSpan.TicksPerMicrosecond) + MinValue;
    }
}
