namespace Tauro.FeatureStore;

/// <summary>How an application's materialized store is set up: the section <c>materialized</c> of its configuration. Immutable.</summary>
public sealed record MaterializedOptions
{
    /// <summary>The folder of the tables.</summary>
    /// <value>The default is null: the feature store's own folder.</value>
    public string? StoragePath { get; init; }

    /// <summary>How tables are stored.</summary>
    /// <value>The default is <see cref="MaterializedFeatureStore.ParquetFormat"/>, and there is no other.</value>
    /// <exception cref="FeatureMaterializationException">There is no such storage format.</exception>
    public string StorageFormat
    {
        get;
        init => field = MaterializedFeatureStore.CheckFormat(value);
    } = MaterializedFeatureStore.ParquetFormat;

    /// <summary>Whether decoded columns and latest values are kept in memory for the reads that are answered in process.</summary>
    /// <value>The default is false.</value>
    public bool CacheEnabled { get; init; }

    /// <summary>How many megabytes of them are kept, where <see cref="CacheEnabled"/> is set.</summary>
    /// <value>The default is 512. Greater than zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public int CacheSizeMb
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(CacheSizeMb));
            field = value;
        }
    } = 512;

    /// <summary>The engine that reads the tables, by the name under which it was added, such as <c>duckdb</c>.</summary>
    /// <value>The default is null: they are read in process.</value>
    public string? ExecutorType { get; init; }
}
