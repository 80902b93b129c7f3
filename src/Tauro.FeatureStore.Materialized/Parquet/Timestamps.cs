namespace Tauro.FeatureStore.Materialized;

/// <summary>Brings timestamps of other units to microseconds.</summary>
internal static class Timestamps
{
    private const long MicrosPerMilli = 1000;
    private const long NanosPerMicro = 1000;

    public static void FromMillis(Span<long> values, Func<string, FeatureMaterializationException> error)
    {
        foreach (ref var value in values)
            value = TryFromMillis(value, out var micros) ? micros : throw error("it has a timestamp out of the range of microseconds");
    }

    public static void FromNanos(Span<long> values)
    {
        foreach (ref var value in values) value = FromNanos(value);
    }

    public static bool TryFromMillis(long millis, out long micros)
    {
        micros = unchecked(millis * MicrosPerMilli);
        return micros / MicrosPerMilli == millis;
    }

    /// <summary>Floored, also before 1970: a moment is never moved to a later one.</summary>
    public static long FromNanos(long nanos)
    {
        var micros = nanos / NanosPerMicro;
        return nanos % NanosPerMicro < 0 ? micros - 1 : micros;
    }
}
