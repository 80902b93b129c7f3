namespace Tauro.FeatureStore;

/// <summary>How a <see cref="FeatureLookup"/> follows its tables. Immutable.</summary>
public sealed record LookupOptions
{
    /// <summary>
    /// How long after a commit a lookup may still answer without it. The tables are looked at four times within that span; a lookup that could not do so, or
    /// could not read them, refuses to answer rather than answer later than this.
    /// </summary>
    /// <value>The default is one minute. Greater than zero.</value>
    public TimeSpan MaxStaleness
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromMinutes(1);
}
