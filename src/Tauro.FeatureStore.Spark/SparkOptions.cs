namespace Tauro.FeatureStore;

/// <summary>Where a Spark Connect server is and how long to wait for it. Immutable. It may hold a token, so it never prints itself.</summary>
public sealed class SparkOptions
{
    /// <summary>The environment variable whose connection string is used where none is given, as Spark's own clients do.</summary>
    public const string RemoteVariable = "SPARK_REMOTE";

    /// <summary>The environment variable whose token is used where none is given.</summary>
    public const string TokenVariable = "SPARK_CONNECT_AUTHENTICATE_TOKEN";

    /// <summary>
    /// The server, as Spark's clients write it: <c>sc://host:port/;token=...;use_ssl=true;user_id=...</c>. Parameters with other names are sent as headers
    /// with every call, such as <c>x-databricks-cluster-id</c>. A token switches TLS on, unless <c>use_ssl=false</c> is written or the host is this machine.
    /// </summary>
    /// <value>The default is null: the variable <see cref="RemoteVariable"/>, else <c>sc://localhost:15002</c>.</value>
    public string? ConnectionString { get; init; }

    /// <summary>The bearer token, where it is kept apart from the connection string.</summary>
    /// <value>The default is null: the connection string's, else the variable <see cref="TokenVariable"/>, else none.</value>
    public string? Token { get; init; }

    /// <summary>How long a query may take; the time in which the caller works on a batch does not count. After it the query is stopped on the server.</summary>
    /// <value>The default is five minutes. Greater than zero, or <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the first contact with the server may take.</summary>
    /// <value>The default is ten seconds. Greater than zero.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection that broke in a query is tried again before the query fails. No row is lost or doubled by it.</summary>
    /// <value>The default is ten seconds. Zero or more; zero tries nothing again.</value>
    public TimeSpan RetryWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A folder that this process and all of the cluster see under the same path. Spines and tables of a hundred thousand rows and more go to Spark as Parquet files in it,
    /// which are deleted after the read, and not as messages through the driver. Where a store's tables are in it, Spark writes by itself what
    /// <see cref="CompositeFeatureStore.MaterializeAsync"/> computes.
    /// </summary>
    /// <value>The default is null: everything goes by message.</value>
    public string? SharedPath { get; init; }

    /// <summary>Settings of the Spark session, such as <c>spark.sql.shuffle.partitions</c>. The session's time zone and ANSI mode are always the library's.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<string, string> Configuration { get; init => field = ValueMap<string>.Of(value); } = ValueMap<string>.Empty;

    internal void Validate()
    {
        if (QueryTimeout <= TimeSpan.Zero && QueryTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException($"{nameof(QueryTimeout)} is {QueryTimeout:c}; it must be greater than zero, or infinite.");
        if (ConnectTimeout <= TimeSpan.Zero) throw new ArgumentException($"{nameof(ConnectTimeout)} is {ConnectTimeout:c}; it must be greater than zero.");
        if (RetryWindow < TimeSpan.Zero) throw new ArgumentException($"{nameof(RetryWindow)} is {RetryWindow:c}; it must be zero or more.");
    }
}
