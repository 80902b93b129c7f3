using Tauro.FeatureStore;

// A pipeline: raw rows are cleaned and written as features, and a training set is made of them and of virtual features.
var folder = Directory.CreateTempSubdirectory("pipeline-").FullName;
DateTimeOffset Day(int day) => new(2026, 3, day, 0, 0, 0, TimeSpan.Zero);

using var purchases = FeatureTable.FromColumns(("user_id", new[] { 1, 1, 2 }), ("bought_at", new[] { Day(1), Day(4), Day(2) }), ("amount", new[] { 5.0, 7.0, 20.0 }));
var context = new FeatureStoreContext(folder);
await using (var executor = new DuckDBQueryExecutor(context, new() { Sources = new Dictionary<string, DuckDBSource> { ["silver.purchases"] = DuckDBSource.Table(purchases) } }))
await using (var virtualStore = new VirtualizedFeatureStore(context, executor))
{
    await virtualStore.RegisterFeaturesAsync(new FeatureGroupSchema("purchases")
    {
        EntityKeys = [new("user_id", DataType.Int)],
        TimestampKey = "bought_at",
        Features = [new("amount", DataType.Double)],
    });
    await virtualStore.DefineVirtualFeaturesAsync("purchases", new Dictionary<string, string> { ["amount"] = "SELECT user_id, bought_at, amount FROM silver.purchases" });

    // Nodes are plain objects. Each runs after those whose outputs it reads, and beside the others.
    var pipeline = new Pipeline(
        "daily_features",
        PipelineNode.Source("load_labels", _ => Task.FromResult(FeatureTable.FromColumns(
            ("user_id", new[] { 1, 2 }), ("event_timestamp", new[] { Day(3), Day(3) }), ("churned", new[] { false, true })))),
        PipelineNode.Transform("process_user_data", "raw_users", Clean),
        FeatureStoreNodes.WriteFeatures(
            name: "materialize_user_features", featureStore: "materialized", featureGroup: "user_features", inputSource: "process_user_data", schema: new FeatureGroupSchema("user_features")
            {
                EntityKeys = [new("user_id", DataType.Int)],
                TimestampKey = "at",
                Features = [new("region", DataType.String)],
            }),
        FeatureStoreNodes.TrainingSet(
            name: "users_then", featureStore: "materialized", featureNames: ["user_features.region"], entityIdsSource: "load_labels", dependsOn: ["materialize_user_features"]),
        FeatureStoreNodes.TrainingSet(
            name: "fetch_training_features", featureStore: "virtualized", featureNames: ["purchases.amount as last_amount"], entityIdsSource: "users_then"));

    // A run has a context of its own: its stores, one for all nodes, and its inputs and outputs.
    using var raw = FeatureTable.FromColumns(("user_id", new[] { 1, 2 }), ("at", new[] { Day(1), Day(1) }), ("region", new[] { " North", "south " }));
    await using var run = new PipelineContext(context).AddInput("raw_users", raw);
    run.FeatureStores.Add("materialized", application => new MaterializedFeatureStore(application)).Add("virtualized", virtualStore);
    var done = await pipeline.RunAsync(run);

    var training = await run.Inputs.LoadAsync("fetch_training_features");
    Console.WriteLine(training.ToDisplayString());
    Check.That(done.Nodes.Count == 5, "every node has run");
    Check.That(training.GetColumn<string>("region").SequenceEqual(["north", "south"]), "the cleaned rows were written and read back");
    Check.That(training.GetColumn<double>("last_amount").SequenceEqual([5.0, 20.0]), "a purchase after a label's moment is not seen");

    // A node that fails is named, and nothing after it runs.
    var broken = new Pipeline("broken", PipelineNode.Transform("clean", "nothing", Clean), FeatureStoreNodes.WriteFeatures("write", "materialized", "user_features", "clean"));
    try
    {
        await broken.RunAsync(run);
        Check.That(false, "a broken pipeline fails");
    }
    catch (PipelineException failure)
    {
        Check.That(failure.Node == "clean", "the failing node is named");
        Console.WriteLine(failure.Message);
    }
}

Directory.Delete(folder, recursive: true);

static Task<FeatureTable> Clean(FeatureTable raw, CancellationToken cancellationToken) => Task.FromResult(FeatureTable.FromColumns(
    ("user_id", raw.GetColumn<int>("user_id")),
    ("at", raw.GetColumn<DateTimeOffset>("at")),
    ("region", raw.GetColumn<string>("region").Select(region => region.Trim().ToLowerInvariant()).ToArray())));
