using Microsoft.Extensions.Time.Testing;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>A materialized store in a folder of its own with one small group, and the words in which tests of its upkeep are written.</summary>
internal sealed class StoreFolder : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tauro-store-").FullName;

    public StoreFolder() => Store = Open();

    public static FeatureGroupSchema Users { get; } = new("users")
    {
        EntityKeys = [new EntityKey("user_id", DataType.BigInt)],
        TimestampKey = "event_time",
        Features = [new FeatureSchema("age", DataType.Int)],
    };

    /// <summary>The clock of the store. It starts with the machine's, by which the file system dates files.</summary>
    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public MaterializedFeatureStore Store { get; }

    public string Root => _root;

    public string Table => Path.Combine(_root, "users", "v1");

    public string Log => Path.Combine(Table, "_delta_log");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A further store over the same folder, whose storage is not as good.</summary>
    public MaterializedFeatureStore Open(Func<IFileStorage, IFileStorage> wrap) =>
        new(new FeatureStoreContext(_root) { TimeProvider = Clock }, wrap(new LocalFileStorage(_root)), executor: null);

    /// <summary>A further store over the same folder, as another process has.</summary>
    public MaterializedFeatureStore Open() => new(new FeatureStoreContext(_root) { TimeProvider = Clock });

    public async Task RegisterAsync() => await Store.RegisterFeaturesAsync(Users, Token);

    public Task<WriteResult> WriteAsync(WriteOptions options, params (long User, int Hour, int Age)[] rows) => Store.WriteFeaturesAsync("users", Rows(rows), options, Token);

    public Task<WriteResult> AppendAsync(params (long User, int Hour, int Age)[] rows) => WriteAsync(WriteMode.Append, rows);

    public static FeatureTable Rows(params (long User, int Hour, int Age)[] rows) => FeatureTable.FromColumns(
        ("user_id", rows.Select(row => row.User).ToArray()), ("event_time", rows.Select(row => At(row.Hour)).ToArray()), ("age", rows.Select(row => row.Age).ToArray()));

    public static DateTimeOffset At(int hour) => new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour);

    /// <summary>All rows as a store that has read nothing before sees them.</summary>
    public async Task<(long User, int Hour, int Age)[]> ReadAllAsync()
    {
        await using var store = Open();
        await store.Metadata.RefreshAsync(Token);
        return await ReadAllAsync(store);
    }

    public static async Task<(long User, int Hour, int Age)[]> ReadAllAsync(MaterializedFeatureStore store, RetrievalOptions? options = null)
    {
        var request = FeatureRequest.ForRange(["users.age"], new TimeRange(DateTimeOffset.MinValue, DateTimeOffset.MaxValue));
        using var answer = await store.GetFeaturesAsync(request with { Options = options ?? RetrievalOptions.Default }, Token);
        var (users, times, ages) = (answer.GetColumn<long>("user_id"), answer.GetColumn<DateTimeOffset>("event_time"), answer.GetColumn<int>("age"));
        return [.. users.Select((user, i) => (user, (int)(times[i] - At(0)).TotalHours, ages[i]))];
    }

    public string[] DataFiles(int version = 1) => [.. Directory.GetFiles(Path.Combine(_root, "users", $"v{version}"), "*.parquet").Select(Path.GetFileName).OfType<string>()];

    public string[] LogFiles() => [.. Directory.GetFiles(Log).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}
