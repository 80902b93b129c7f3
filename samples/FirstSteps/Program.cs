using Tauro.FeatureStore;

var folder = Directory.CreateTempSubdirectory("features-").FullName;
await using (var store = new MaterializedFeatureStore(new FeatureStoreContext(folder)))
{
    await store.RegisterFeaturesAsync(new FeatureGroupSchema("user_features")
    {
        EntityKeys = ["user_id"],
        TimestampKey = "event_timestamp",
        Features = [new("age", DataType.Int), new("region", DataType.String), new("spent", DataType.Decimal(10, 2))],
    });

    DateTimeOffset Day(int day) => new(2025, 3, day, 0, 0, 0, TimeSpan.Zero);
    using var rows = FeatureTable.FromColumns(
        ("user_id", new[] { 1, 1, 2 }),
        ("event_timestamp", new[] { Day(1), Day(10), Day(5) }),
        ("age", new[] { 34, 35, 51 }),
        ("region", new[] { "north", "south", "west" }),
        ("spent", new[] { 10.00m, 25.50m, 7.25m }));
    await store.WriteFeaturesAsync("user_features", rows);

    // What is known of three users now? One row for each, in this order.
    using var users = FeatureTable.FromColumns(("user_id", new[] { 2, 1, 99 }));
    using var latest = await store.GetFeaturesAsync(["age", "region"], users);
    Console.WriteLine(latest.ToDisplayString());

    // What was known at the moment of each label? No value comes from after that moment.
    using var labels = FeatureTable.FromColumns(
        ("user_id", new[] { 1, 1, 2 }),
        ("event_timestamp", new[] { Day(9), Day(10), Day(4) }),
        ("bought", new[] { true, false, true }));
    using var trainingSet = await store.GetTrainingSetAsync(["user_features.region", "user_features.spent as spent_so_far"], labels);
    Console.WriteLine(trainingSet.ToDisplayString());
}

Directory.Delete(folder, recursive: true);
