using System.Diagnostics;

namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class ReadDiagnosticsTests : IAsyncDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_says_which_way_it_was_found()
    {
        await WriteAsync();
        await using var store = new MaterializedFeatureStore(new FeatureStoreContext(_folder.Root) { TimeProvider = _folder.Clock }) { CacheSizeMegabytes = 16 };
        Assert.Equal("users@1: files, 3 rows searched", await LatestAsync(store));
        Assert.Equal("users@1: latest values, 0 rows searched", await LatestAsync(store));

        using var spine = FeatureTable.FromColumns(("user_id", new long[] { 1, 2 }), ("event_time", new[] { StoreFolder.At(1), StoreFolder.At(2) }));
        using var training = await store.GetTrainingSetAsync(["users.age"], spine, "event_time", cancellationToken: Token);
        Assert.Equal("users@1: cached columns, 3 rows searched", Single(training));

        await _folder.AppendAsync((2, 3, 23));
        Assert.Equal("users@1: files, 4 rows searched", await LatestAsync(store));
    }

    [Fact]
    public async Task Without_a_cache_files_are_searched_every_time()
    {
        await WriteAsync();
        Assert.Equal("users@1: files, 3 rows searched", await LatestAsync(_folder.Store));
        Assert.Equal("users@1: files, 3 rows searched", await LatestAsync(_folder.Store));
        using var range = await _folder.Store.GetFeaturesAsync(FeatureRequest.ForRange(["users.age"], new TimeRange(StoreFolder.At(0), StoreFolder.At(9))), Token);
        Assert.Equal("users@1: files", Single(range));
    }

    [Fact]
    public async Task The_trace_of_a_read_says_it_too()
    {
        await WriteAsync();
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Tauro.FeatureStore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans) spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var parent = new Activity("test").Start();
        await LatestAsync(_folder.Store);

        // Other tests read at the same time.
        var own = Assert.Single(spans, span => span.TraceId == parent.TraceId);
        Assert.Equal("files", Assert.Single((string[])own.GetTagItem("feature_store.read.paths")!));
        Assert.Equal(3L, own.GetTagItem("feature_store.read.rows_searched"));
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    private async Task WriteAsync()
    {
        await _folder.RegisterAsync();
        await _folder.AppendAsync((1, 0, 10), (1, 1, 11), (2, 1, 21));
    }

    private static async Task<string> LatestAsync(MaterializedFeatureStore store)
    {
        using var entities = FeatureTable.FromColumns(("user_id", new long[] { 2, 1, 1 }));
        using var answer = await store.GetFeaturesAsync(["users.age"], entities, cancellationToken: Token);
        Assert.Equal("managed", answer.Diagnostics?.Executor);
        return Single(answer);
    }

    private static string Single(FeatureTable answer) => Assert.Single(answer.Diagnostics!.Groups).ToString();
}
