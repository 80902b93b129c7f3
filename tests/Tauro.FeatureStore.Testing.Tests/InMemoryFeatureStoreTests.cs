using Microsoft.Extensions.DependencyInjection;
using Tauro.FeatureStore.Testing;

namespace Tauro.FeatureStore.Tests;

public sealed class InMemoryFeatureStoreTests : IDisposable
{
    private readonly FakeFeatureStoreContext _context = new();

    private static FeatureGroupSchema Users { get; } = new("users")
    {
        EntityKeys = [new EntityKey("user_id", DataType.Int)],
        TimestampKey = "at",
        Features = [new("age", DataType.Int), new("region", DataType.String)],
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _context.Dispose();

    [Fact]
    public async Task Nothing_is_written_to_disk()
    {
        await using var store = new InMemoryFeatureStore(_context);
        await WriteAsync(store);

        using var ages = await store.GetFeaturesAsync(["age"], cancellationToken: Cancel);

        Assert.Equal([30], ages.GetColumn<int>("age"));
        Assert.False(Directory.Exists(_context.FeatureStorePath));
        Assert.Equal(_context.Now, await store.Metadata.GetLastUpdatedAsync("users", cancellationToken: Cancel));
    }

    [Fact]
    public async Task What_was_written_is_apart_from_the_callers_memory()
    {
        await using var store = new InMemoryFeatureStore(_context);
        await WriteAsync(store); // disposes its table
        for (var i = 0; i < 3; i++) await WriteAsync(store);

        using var rows = await store.GetFeaturesAsync(["age", "region"], new TimeRange(_context.Now, _context.Now.AddDays(1)), Cancel);
        Assert.Equal(4, rows.RowCount);
        Assert.All(rows.GetColumn<string>("region"), region => Assert.Equal("north", region));
    }

    [Fact]
    public async Task The_identity_of_a_write_is_known_for_thirty_days()
    {
        await using var store = new InMemoryFeatureStore(_context);
        var options = new WriteOptions { TransactionId = "monday" };
        await WriteAsync(store, options);
        Assert.True((await WriteAsync(store, options)).AlreadyWritten);
        Assert.True(await store.HasTransactionAsync("users", "monday", Cancel));
        _context.Advance(TimeSpan.FromDays(30));
        Assert.False(await store.HasTransactionAsync("users", "monday", Cancel));
        Assert.False((await WriteAsync(store, options)).AlreadyWritten);
    }

    [Fact]
    public async Task It_takes_the_place_of_the_materialized_store_in_an_applications_services()
    {
        await using var services = new ServiceCollection()
            .AddTauroFeatureStore(new FeatureStoreOptions { FeatureStorePath = "unused" }, store => store.UseInMemory())
            .BuildServiceProvider();
        Assert.IsType<InMemoryFeatureStore>(services.GetRequiredKeyedService<IFeatureStore>("materialized"));
        Assert.True((await services.GetRequiredService<IFeatureStore>().CheckHealthAsync(Cancel)).IsHealthy);
    }

    [Fact]
    public async Task A_pipeline_writes_reads_and_makes_a_training_set()
    {
        await using var run = new PipelineContext(_context);
        run.FeatureStores.Add("materialized", context => new InMemoryFeatureStore(context));
        using var raw = Rows();
        using var spine = FeatureTable.FromColumns(("user_id", new[] { 1, 1 }), ("event_timestamp", new[] { _context.Now.AddDays(-1), _context.Now }), ("label", new[] { true, false }));
        run.AddInput("process_user_data", raw).AddInput("labels", spine);
        var pipeline = new Pipeline(
            "users",
            FeatureStoreNodes.TrainingSet("training", "materialized", ["users.age"], "labels", dependsOn: ["materialize"]),
            FeatureStoreNodes.ReadFeatures("everyone", "materialized", ["age"], dependsOn: ["materialize"]),
            FeatureStoreNodes.ReadFeatures("before", "materialized", ["age"], entityIdsSource: "process_entities", pointInTime: _context.Now.AddDays(-1), dependsOn: ["materialize"]),
            PipelineNode.Source("process_entities", _ => Task.FromResult(FeatureTable.FromColumns(("user_id", new[] { 1 })))),
            FeatureStoreNodes.WriteFeatures("materialize", "materialized", "users", "process_user_data", schema: Users));

        await pipeline.RunAsync(run, cancellationToken: Cancel);

        var (training, everyone, before) = (await run.Inputs.LoadAsync("training", Cancel), await run.Inputs.LoadAsync("everyone", Cancel), await run.Inputs.LoadAsync("before", Cancel));
        Assert.Equal([null, 30], training.GetColumn<int?>("age"));
        Assert.Equal([true, false], training.GetColumn<bool>("label"));
        Assert.Equal([30], everyone.GetColumn<int>("age"));
        Assert.Equal([null], before.GetColumn<int?>("age"));
        Assert.Contains(_context.LogMessages, message => message.StartsWith("The node materialize of the pipeline users is done", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_store_serves_all_nodes_of_a_run_and_is_disposed_with_it()
    {
        var opened = 0;
        await using (var run = new PipelineContext(_context))
        {
            run.FeatureStores.Add("materialized", context =>
            {
                opened++;
                return new InMemoryFeatureStore(context);
            });
            Assert.Same(run.FeatureStores.GetStore("materialized"), run.FeatureStores.GetStore("Materialized"));
            Assert.Throws<ArgumentException>(() => run.FeatureStores.Add("MATERIALIZED", _ => throw new InvalidOperationException()));
        }

        Assert.Equal(1, opened);
    }

    [Fact]
    public async Task The_fake_context_holds_a_store_on_disk_too_and_leaves_nothing()
    {
        await using (var store = new MaterializedFeatureStore(_context)) await WriteAsync(store);
        Assert.True(Directory.Exists(_context.FeatureStorePath));
        _context.Dispose();
        Assert.False(Directory.Exists(_context.FeatureStorePath));
    }

    private FeatureTable Rows() => FeatureTable.FromColumns(("user_id", new[] { 1 }), ("at", new[] { _context.Now }), ("age", new[] { 30 }), ("region", new[] { "north" }));

    private async Task<WriteResult> WriteAsync(IFeatureStore store, WriteOptions? options = null)
    {
        await store.RegisterFeaturesAsync(Users, Cancel);
        using var rows = Rows();
        return await store.WriteFeaturesAsync("users", rows, options, Cancel);
    }
}
