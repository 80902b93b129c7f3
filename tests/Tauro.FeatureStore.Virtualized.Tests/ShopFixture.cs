namespace Tauro.FeatureStore.Tests;

/// <summary>A virtual store over a small shop in memory.</summary>
public abstract class ShopFixture : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tauro-virtual-{Guid.NewGuid():N}");
    private readonly List<FeatureTable> _tables = [];

    protected ShopFixture()
    {
        Context = new FeatureStoreContext(_folder);
        Executor = new DuckDBQueryExecutor(Context, new DuckDBOptions
        {
            Sources = new Dictionary<string, DuckDBSource>
            {
                ["silver.users"] = Source(
                    ("user_id", new long[] { 1, 2, 3 }), ("region", new[] { "north", "south", null }),
                    ("birth_date", new[] { new DateOnly(1990, 5, 1), new DateOnly(2001, 1, 31), new DateOnly(1977, 12, 31) })),
                ["silver.purchases"] = Source(
                    ("user_id", new long[] { 1, 1, 2 }), ("amount", new[] { 1.5m, 2.25m, 3m }),
                    ("bought_at", new[] { At(1), At(3), At(5) })),
                ["silver.transactions"] = Source(
                    ("customer_id", new long[] { 1, 1, 2 }), ("amount", new[] { 1.5m, 2.25m, 3m }),
                    ("transaction_date", new[] { DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, At(1) })),
            },
        });
        Store = new VirtualizedFeatureStore(Context, Executor);
    }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected FeatureStoreContext Context { get; }

    protected DuckDBQueryExecutor Executor { get; }

    protected VirtualizedFeatureStore Store { get; }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Executor.DisposeAsync();
        foreach (var table in _tables) table.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static DateTimeOffset At(int day) => new(2026, 1, day, 12, 0, 0, TimeSpan.Zero);

    protected FeatureTable Table(params (string, Array)[] columns)
    {
        var table = FeatureTable.FromColumns(columns);
        _tables.Add(table);
        return table;
    }

    private DuckDBSource Source(params (string, Array)[] columns) => DuckDBSource.Table(Table(columns));

    protected Task RegisterAsync(params FeatureSchema[] features) => Store.RegisterFeaturesAsync(Users with { Features = features }, Cancel);

    protected static FeatureGroupSchema Users { get; } = Group("user_features");

    protected static FeatureGroupSchema Group(string name, params FeatureSchema[] features) => new(name)
    {
        EntityKeys = [new EntityKey("user_id", DataType.BigInt)],
        TimestampKey = "event_time",
        Features = features,
    };

    protected Task DefineAsync(string feature, string sql) =>
        Store.DefineVirtualFeaturesAsync("user_features", new Dictionary<string, string> { [feature] = sql }, Cancel);

    protected Task<FeatureTable> LatestAsync(params FeatureReference[] features) =>
        Store.GetFeaturesAsync(features, Table(("user_id", new long[] { 2, 1, 9, 1 })), cancellationToken: Cancel);
}
