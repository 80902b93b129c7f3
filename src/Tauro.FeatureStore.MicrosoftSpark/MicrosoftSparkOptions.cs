namespace Tauro.FeatureStore;

/// <summary>How long queries may take, and how large tables get to Spark. Immutable.</summary>
public sealed class MicrosoftSparkOptions
{
    /// <summary>How long a query may take; the time in which the caller works on a batch does not count. After it the query's jobs are cancelled.</summary>
    /// <value>The default is five minutes. Greater than zero, or <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A folder that this process and all of the cluster see under the same path. Spines and tables of twenty thousand rows and more go to Spark as Parquet files in it,
    /// which are deleted after the read; without it they go row by row, which is slow.
    /// </summary>
    /// <value>The default is null: everything goes row by row.</value>
    public string? SharedPath { get; init; }

    /// <summary>Settings of the Spark session, such as <c>spark.sql.shuffle.partitions</c>. The session's time zone and ANSI mode are always the library's.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<string, string> Configuration { get; init => field = ValueMap<string>.Of(value); } = ValueMap<string>.Empty;

    internal void Validate()
    {
        if (QueryTimeout <= TimeSpan.Zero && QueryTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException($"{nameof(QueryTimeout)} is {QueryTimeout:c}; it must be greater than zero, or infinite.");
    }
}
