using Microsoft.Extensions.DependencyInjection;

namespace Tauro.FeatureStore.Tests;

public sealed class ServicesTests : HostingFixture
{
    [Fact]
    public async Task The_only_store_is_the_store_and_answers_under_every_name()
    {
        var services = Provide(Settings(("feature_store_path", Folder)), store => store.UseMaterialized());
        var store = services.GetRequiredService<IFeatureStore>();
        await WriteUsersAsync(store);

        Assert.Same(store, services.GetRequiredKeyedService<IFeatureStore>("materialized"));
        Assert.Same(store, services.GetRequiredService<MaterializedFeatureStore>());
        Assert.Same(store.Metadata, services.GetRequiredService<FeatureStoreMetadata>());
        using var ages = await store.GetFeaturesAsync(["age"], cancellationToken: Cancel);
        Assert.Equal([30, 40], ages.GetColumn<int>("age"));
    }

    [Fact]
    public async Task Two_kinds_of_store_and_an_engine_work_together()
    {
        var services = Provide(
            Settings(("feature_store_path", Folder), ("virtualized:executor_type", "duckdb"), ("materialized:executor_type", "duckdb")),
            store => store.UseMaterialized().UseVirtualized().UseDuckDB());
        using var people = FeatureTable.FromColumns(("user_id", new[] { 1 }), ("age", new[] { 7 }));
        await services.GetRequiredService<DuckDBQueryExecutor>().DeclareTableAsync("silver.people", people, Cancel);
        var virtualStore = services.GetRequiredService<VirtualizedFeatureStore>();
        await virtualStore.RegisterFeaturesAsync(Users, Cancel);
        await virtualStore.DefineVirtualFeaturesAsync("users", new Dictionary<string, string> { ["age"] = "SELECT user_id, age FROM silver.people" }, Cancel);

        using var ages = await services.GetRequiredKeyedService<IFeatureStore>("virtualized").GetFeaturesAsync(["age"], cancellationToken: Cancel);

        Assert.Equal([7], ages.GetColumn<int>("age"));
        Assert.IsType<CompositeFeatureStore>(services.GetRequiredService<IFeatureStore>());
        Assert.Same(services.GetRequiredService<CompositeFeatureStore>(), services.GetRequiredKeyedService<IFeatureStore>("composite"));
        Assert.Same(virtualStore.Metadata, services.GetRequiredService<MaterializedFeatureStore>().Metadata);
    }

    [Fact]
    public async Task Further_feature_stores_have_keys_of_their_own()
    {
        var services = Provide(all =>
        {
            all.AddTauroFeatureStore(new FeatureStoreOptions { FeatureStorePath = Path.Combine(Folder, "main") }, store => store.UseMaterialized());
            all.AddTauroFeatureStore(new FeatureStoreOptions { FeatureStorePath = Path.Combine(Folder, "fraud") }, store => store.UseMaterialized(), name: "fraud");
        });

        await WriteUsersAsync(services.GetRequiredKeyedService<IFeatureStore>("fraud"));

        Assert.Same(services.GetRequiredKeyedService<IFeatureStore>("fraud"), services.GetRequiredKeyedService<IFeatureStore>("fraud/materialized"));
        Assert.Empty(services.GetRequiredService<IFeatureStore>().Metadata.ListFeatureGroups());
        Assert.True(Directory.Exists(Path.Combine(Folder, "fraud", "users")));
    }

    [Fact]
    public async Task The_nodes_of_a_pipeline_find_the_stores_by_their_keys()
    {
        var services = Provide(Settings(("feature_store_path", Folder)), store => store.UseMaterialized());
        await WriteUsersAsync(services.GetRequiredService<IFeatureStore>());
        await using var run = new PipelineContext(services.GetRequiredService<IFeatureStoreContext>());

        await new Pipeline("p", FeatureStoreNodes.ReadFeatures("ages", "materialized", ["users.age"])).RunAsync(run, cancellationToken: Cancel);

        var ages = await run.Inputs.LoadAsync("ages", Cancel);
        Assert.Equal([30, 40], ages.GetColumn<int>("age"));
    }

    [Fact]
    public async Task A_node_materializes_virtual_features_as_of_the_run_and_for_a_range()
    {
        var services = Provide(Settings(("feature_store_path", Folder)), store => store.UseMaterialized().UseVirtualized().UseDuckDB());
        using var people = FeatureTable.FromColumns(("user_id", new[] { 1, 2 }), ("at", new[] { At(1), At(9) }), ("age", new[] { 7, 8 }));
        await services.GetRequiredService<DuckDBQueryExecutor>().DeclareTableAsync("silver.people", people, Cancel);
        var virtualStore = services.GetRequiredService<VirtualizedFeatureStore>();
        await virtualStore.RegisterFeaturesAsync(Users, Cancel);
        await virtualStore.DefineVirtualFeaturesAsync("users", new Dictionary<string, string> { ["age"] = "SELECT user_id, \"at\", age FROM silver.people" }, Cancel);
        var stored = services.GetRequiredService<MaterializedFeatureStore>();
        await using var run = new PipelineContext(services.GetRequiredService<IFeatureStoreContext>());

        await new Pipeline("p", FeatureStoreNodes.Materialize("range", "composite", "users", At(1), At(5))).RunAsync(run, cancellationToken: Cancel);
        using var range = await stored.GetFeaturesAsync(["age"], new TimeRange(At(1), At(20)), Cancel);
        Assert.Equal([7], range.GetColumn<int>("age"));

        await new Pipeline("p", FeatureStoreNodes.Materialize("now", "composite", "users")).RunAsync(run, cancellationToken: Cancel);
        using var now = await stored.GetFeaturesAsync(["age"], cancellationToken: Cancel);
        Assert.Equal([7, 8], now.GetColumn<int>("age"));

        var refused = await Assert.ThrowsAsync<PipelineException>(
            () => new Pipeline("p", FeatureStoreNodes.Materialize("wrong", "materialized", "users")).RunAsync(run, cancellationToken: Cancel));
        Assert.Contains("is a MaterializedFeatureStore", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FeatureStoreNodes.Materialize("half", "composite", "users", from: At(1)));
    }

    [Fact]
    public void What_does_not_go_together_is_refused_with_what_to_do()
    {
        var options = new FeatureStoreOptions { FeatureStorePath = Folder };
        var services = new ServiceCollection();
        Assert.Contains("has no store", Assert.Throws<ArgumentException>(() => services.AddTauroFeatureStore(options, store => store.UseDuckDB())).Message, StringComparison.Ordinal);
        Assert.Contains("a part 'duckdb' already", Assert.Throws<ArgumentException>(() => services.AddTauroFeatureStore(options, store => store.UseDuckDB().UseDuckDB())).Message, StringComparison.Ordinal);
        services = new ServiceCollection();
        services.AddTauroFeatureStore(options, store => store.UseMaterialized());
        Assert.Contains("was added before", Assert.Throws<ArgumentException>(() => services.AddTauroFeatureStore(options, store => store.UseMaterialized())).Message, StringComparison.Ordinal);

        var without = Provide(all => all.AddTauroFeatureStore(options, store => store.UseVirtualized()));
        Assert.Contains("It has: none. Call UseDuckDB or UseSpark", Assert.Throws<FeatureStoreException>(() => without.GetService<VirtualizedFeatureStore>()).Message, StringComparison.Ordinal);
        var both = Provide(all => all.AddTauroFeatureStore(options, store => store.UseVirtualized().UseDuckDB().UseSpark()));
        Assert.Contains("It has: duckdb, spark.", Assert.Throws<FeatureStoreException>(() => both.GetService<VirtualizedFeatureStore>()).Message, StringComparison.Ordinal);
        var other = Provide(all => all.AddTauroFeatureStore(options, store => store.UseVirtualized(new() { ExecutorType = "spark" }).UseDuckDB()));
        Assert.Contains("no engine 'spark'", Assert.Throws<FeatureStoreException>(() => other.GetService<VirtualizedFeatureStore>()).Message, StringComparison.Ordinal);
        var nowhere = Provide(all => all.AddTauroFeatureStore(new FeatureStoreOptions(), store => store.UseMaterialized()));
        Assert.Contains("Set feature_store_path", Assert.Throws<FeatureStoreException>(() => nowhere.GetService<IFeatureStore>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_the_services_twice_over_disposes_stores_and_engines_in_peace()
    {
        var services = new ServiceCollection().AddTauroFeatureStore(
            new FeatureStoreOptions { FeatureStorePath = Folder },
            store => store.UseMaterialized(new() { CacheEnabled = true, CacheSizeMb = 1, ExecutorType = "duckdb" }).UseVirtualized(new() { ExecutorType = "duckdb" }).UseDuckDB().UseSpark(new() { ConnectionString = "sc://localhost:1" }))
            .BuildServiceProvider();
        _ = (services.GetService<MaterializedFeatureStore>(), services.GetService<VirtualizedFeatureStore>(), services.GetService<DuckDBQueryExecutor>(), services.GetService<SparkQueryExecutor>());
        _ = services.GetKeyedService<IFeatureStore>("materialized");

        await services.DisposeAsync();
    }
}
