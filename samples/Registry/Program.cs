using Tauro.FeatureStore;

var folder = Directory.CreateTempSubdirectory("features-").FullName;
await using (var store = new MaterializedFeatureStore(new FeatureStoreContext(folder)))
{
    var registry = store.Metadata;
    var users = new FeatureGroupSchema("users")
    {
        EntityKeys = [new("user_id", DataType.Int)],
        TimestampKey = "event_timestamp",
        Owner = "crm",
        Features = [new("age", DataType.Int), new("visits", DataType.Int)],
    };

    // A plan says what would happen; nothing is changed until it is applied, and then all of it or nothing.
    await registry.ApplyAsync(await registry.PlanAsync([users]));
    var wider = users with { Features = [new("age", DataType.Int), new("visits", DataType.BigInt)] };
    var plan = await registry.PlanAsync([users.AddFeature(new("city", DataType.String)), wider with { Version = 2 }]);
    Console.WriteLine(plan);
    await registry.ApplyAsync(plan);

    await registry.SetLineageAsync("users.visits", ["silver.page_views"]);
    await registry.DeprecateAsync("users@1", "Its visits overflow.", useInstead: "users@2");
    Console.WriteLine($"instead of users@1: {registry.GetDeprecation("users@1.age")!.UseInstead}");

    // A training set is saved with the versions of the tables that it reads, and made again from those.
    DateTimeOffset Day(int day) => new(2025, 3, day, 0, 0, 0, TimeSpan.Zero);
    FeatureTable Visits(int day, long count) => FeatureTable.FromColumns(("user_id", new[] { 1 }), ("event_timestamp", new[] { Day(day) }), ("visits", new[] { count }));
    using var few = Visits(1, 10);
    await store.WriteFeaturesAsync("users@2", few);
    using var spine = FeatureTable.FromColumns(("user_id", new[] { 1 }), ("event_timestamp", new[] { Day(9) }), ("churned", new[] { false }));
    var saved = await store.SaveTrainingSetAsync("churn", ["users@2.visits"], spine);

    using var more = Visits(5, 99);
    await store.WriteFeaturesAsync("users@2", more);
    using var again = await store.RunTrainingSetAsync("churn", spine);
    Console.WriteLine($"{saved.QualifiedName}: visits {again.GetColumn<long>("visits")[0]}");

    Console.WriteLine(string.Join(", ", registry.GetDownstream("silver.page_views")));
    foreach (var change in registry.GetHistory("users")) Console.WriteLine($"{change.Number} {change.Name}: {change.What}");
}

Directory.Delete(folder, recursive: true);
