namespace Tauro.FeatureStore;

/// <summary>How an application's store of virtual features is set up: the section <c>virtualized</c> of its configuration. Immutable.</summary>
public sealed record VirtualizedOptions
{
    /// <summary>The engine that runs the queries, by the name under which it was added: <c>duckdb</c> or <c>spark</c>.</summary>
    /// <value>The default is null: the only one there is.</value>
    public string? ExecutorType { get; init; }

    /// <summary>How long the engine may work on one read.</summary>
    /// <value>The default is null: without limit, but for that of the engine. Greater than zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public TimeSpan? QueryTimeout
    {
        get;
        init
        {
            if (value is { } timeout) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(QueryTimeout));
            field = value;
        }
    }

    /// <summary>Whether answers are kept in memory and given again, until their time is over.</summary>
    /// <value>The default is false.</value>
    public bool EnableCaching { get; init; }

    /// <summary>How many megabytes of answers are kept, where <see cref="EnableCaching"/> is set.</summary>
    /// <value>The default is 256. Greater than zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public int CacheSizeMb
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(CacheSizeMb));
            field = value;
        }
    } = 256;

    /// <summary>How long an answer is given again, where the definition does not say.</summary>
    /// <value>The default is five minutes. Greater than zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public TimeSpan CacheTimeToLive
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(CacheTimeToLive));
            field = value;
        }
    } = VirtualizedFeatureStore.DefaultTimeToLive;
}
