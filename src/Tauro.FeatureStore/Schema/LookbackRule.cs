namespace Tauro.FeatureStore;

/// <summary>What a lookback may be, wherever it is given.</summary>
internal static class LookbackRule
{
    public static TimeSpan Check(TimeSpan lookback, string where)
    {
        if (lookback <= TimeSpan.Zero)
            throw new SchemaValidationException($"The lookback {lookback:c} of {where} must be greater than zero; null means unlimited.");
        return lookback.Ticks % TimeSpan.TicksPerMicrosecond == 0
            ? lookback
            : throw new SchemaValidationException($"The lookback of {where} is not a whole number of microseconds.");
    }
}
