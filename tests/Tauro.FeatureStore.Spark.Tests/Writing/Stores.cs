using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>A table's store, a store of features that Spark computes, and both as one, in a folder that Spark sees.</summary>
internal sealed class Stores : IAsyncDisposable
{
    public const string Group = "facts";

    private readonly SparkQueryExecutor _spark;

    /// <summary>A group of one key and one number.</summary>
    public static FeatureGroupSchema Numbers { get; } = new(Group)
    {
        EntityKeys = [new EntityKey("id", DataType.BigInt)], TimestampKey = "t", Features = [new FeatureSchema("n", DataType.BigInt)],
    };

    private Stores(string endpoint, string folder, bool isShared, Func<IFileStorage, IFileStorage>? wrap, TimeSpan? timeout)
    {
        Table = Path.Combine(folder, Group, "v1");
        Context = new FeatureStoreContext(folder);
        _spark = new SparkQueryExecutor(Context, new SparkOptions { ConnectionString = $"{endpoint.TrimEnd('/')}/;session_id={Session}", SharedPath = isShared ? Path.GetDirectoryName(folder) : null });
        Materialized = wrap is null ? new MaterializedFeatureStore(Context) : new MaterializedFeatureStore(Context, wrap(new LocalFileStorage(folder)), executor: null);
        Virtualized = timeout is null ? new VirtualizedFeatureStore(Context, _spark) : new VirtualizedFeatureStore(Context, _spark) { QueryTimeout = timeout };
        Both = new CompositeFeatureStore(Context, Materialized, Virtualized);
    }

    /// <summary>The session of Spark.</summary>
    public string Session { get; } = Guid.NewGuid().ToString();

    public FeatureStoreContext Context { get; }

    public MaterializedFeatureStore Materialized { get; }

    public VirtualizedFeatureStore Virtualized { get; }

    public CompositeFeatureStore Both { get; }

    /// <summary>The folder of the group's table.</summary>
    public string Table { get; }

    /// <summary>The folders that Spark wrote in the table.</summary>
    public string[] Written => Directory.Exists(Table) ? Directory.GetDirectories(Table, "engine-*") : [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens stores over a folder, which is where Spark writes to if it is shared, and registers a group whose features one query computes.</summary>
    public static async Task<Stores> OpenAsync(
        SparkServer server, string folder, FeatureGroupSchema group, string sql, bool isShared = true, Func<IFileStorage, IFileStorage>? wrap = null, TimeSpan? timeout = null,
        Dictionary<string, object?>? parameters = null, string? endpoint = null)
    {
        var stores = new Stores(endpoint ?? server.Endpoint, folder, isShared, wrap, timeout);
        await stores.Both.RegisterFeaturesAsync(group, Cancel);
        var definition = new VirtualFeatureDefinition(sql, [.. group.Features.Select(feature => feature.Name)]) { Parameters = parameters ?? [], CreatedColumn = group.CreatedTimestampKey };
        await stores.Virtualized.DefineVirtualFeaturesAsync(group.Name, [definition], Cancel);
        return stores;
    }

    /// <summary>A query of numbers, one for each minute of 2024 from its beginning.</summary>
    public static string Sequence(int rows) =>
        FormattableString.Invariant($"SELECT id, timestamp_micros(1704067200000000 + id * 60000000) AS t, id * 10 AS n FROM range(0, {rows}, 1, 4)");

    /// <summary>The files of the table's newest snapshot, in full.</summary>
    public async Task<string[]> FilesAsync()
    {
        var log = new DeltaLog(new LocalFileStorage(Context.FeatureStorePath), $"{Group}/v1", Group, Context.TimeProvider);
        var snapshot = await log.ReadSnapshotAsync(version: null, known: null, Cancel);
        return [.. snapshot!.Files.Select(file => Path.Combine(Table, file.Path))];
    }

    /// <summary>Deletes what no snapshot has, once a millisecond has passed: a file that was removed in the very millisecond of the vacuum stays.</summary>
    public async Task<VacuumResult> VacuumAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(2), Cancel);
        return await Materialized.VacuumAsync(Group, TimeSpan.Zero, Cancel);
    }

    /// <summary>Another store over the same folder, as another process has.</summary>
    public MaterializedFeatureStore OpenAnother() => new(new FeatureStoreContext(Context.FeatureStorePath));

    public async ValueTask DisposeAsync()
    {
        await Both.DisposeAsync();
        await Virtualized.DisposeAsync();
        await Materialized.DisposeAsync();
        await _spark.DisposeAsync();
    }
}
