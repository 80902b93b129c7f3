using Tauro.FeatureStore.Engines.Spark;
using SparkSession = Microsoft.Spark.Sql.SparkSession;

[assembly: AssemblyFixture(typeof(Tauro.FeatureStore.Spark.Tests.SparkServer))]

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>
/// A real driver of Spark with the other half of .NET for Apache Spark in it, for all tests of the assembly: the one whose port <c>DOTNETBACKEND_PORT</c> names, as it does for
/// a program under <c>spark-submit</c>. A machine without one skips.
/// </summary>
public sealed class SparkServer : IAsyncLifetime
{
    private SparkSession? _session;
    private MicrosoftSparkQueryExecutor? _shared;

    /// <summary>The session of the job; the test is skipped where there is none.</summary>
    public SparkSession Session
    {
        get
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("DOTNETBACKEND_PORT") is null, "There is no driver of Spark: DOTNETBACKEND_PORT is not set.");
            return LazyInitializer.EnsureInitialized(ref _session, () => SparkSession.Builder().GetOrCreate());
        }
    }

    public static IFeatureStoreContext Context { get; } = new FeatureStoreContext(Path.GetTempPath());

    /// <summary>An executor that all tests share; it ends with them.</summary>
    public MicrosoftSparkQueryExecutor SharedExecutor => LazyInitializer.EnsureInitialized(ref _shared, () => CreateExecutor());

    public MicrosoftSparkQueryExecutor CreateExecutor(
        TimeSpan? timeout = null, Dictionary<string, string>? configuration = null, int rowsToOrderHere = 1 << 20, int mostRowsOfOneKey = IntervalSql.MostRowsOfOneKey,
        string? sharedPath = null) =>
        new(Context, Session, new MicrosoftSparkOptions { QueryTimeout = timeout ?? TimeSpan.FromMinutes(2), Configuration = configuration ?? [], SharedPath = sharedPath })
        {
            RowsToOrderHere = rowsToOrderHere,
            MostRowsOfOneKey = mostRowsOfOneKey,
        };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_shared is not null) await _shared.DisposeAsync();
    }
}
