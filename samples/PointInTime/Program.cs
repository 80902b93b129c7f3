using Tauro.FeatureStore;

// Point-in-time reads: what was known about an entity then, and never anything from after.
var folder = Directory.CreateTempSubdirectory("point-in-time-").FullName;
var now = DateTimeOffset.UtcNow;
await using (var store = new MaterializedFeatureStore(new FeatureStoreContext(folder)))
{
    await store.RegisterFeaturesAsync(new FeatureGroupSchema("user_features")
    {
        EntityKeys = ["user_id"],
        TimestampKey = "event_timestamp",
        Lookback = TimeSpan.FromDays(365),
        Features = [new("age", DataType.Int), new("purchase_count", DataType.Int)],
    });
    using var history = FeatureTable.FromColumns(
        ("user_id", new[] { 1, 1, 1, 2 }),
        ("event_timestamp", new[] { now.AddDays(-90), now.AddDays(-30), now.AddDays(-1), now.AddDays(-380) }),
        ("age", new[] { 33, 34, 34, 50 }),
        ("purchase_count", new int?[] { 2, null, 9, 5 }));
    await store.WriteFeaturesAsync("user_features", history);
    using var users = FeatureTable.FromColumns(("user_id", new[] { 1, 2 }));

    // As of 30 days ago, for the same two users. A fact at exactly that moment counts, and its null is a value: the older 2 is not borrowed.
    using var then = await store.GetFeaturesAsync(["age", "purchase_count"], users, pointInTime: now.AddDays(-30));
    Console.WriteLine("30 days ago:");
    Console.WriteLine(then.ToDisplayString());
    Check.That(then.GetColumn<int?>("age").SequenceEqual([34, 50]), "the facts of that moment answer");
    Check.That(then.GetColumn<int?>("purchase_count")[0] is null, "a null is a value");

    // Now: the latest of user 1, and nothing of user 2, whose only fact is older than the group's lookback of a year.
    using var latest = await store.GetFeaturesAsync(["age", "purchase_count"], users);
    Check.That(latest.GetColumn<int?>("age").SequenceEqual([34, null]), "a fact that is too old says nothing");

    // A training set asks at a moment of its own for each row, and can say which fact answered.
    using var labels = FeatureTable.FromColumns(
        ("user_id", new[] { 1, 1, 1 }),
        ("event_timestamp", new[] { now.AddDays(-91), now.AddDays(-60), now }),
        ("churned", new[] { false, false, true }));
    using var training = await store.GetTrainingSetAsync(["purchase_count"], labels, options: new() { IncludeMatches = true });
    Console.WriteLine("A training set:");
    Console.WriteLine(training.ToDisplayString());
    Check.That(training.GetColumn<int?>("purchase_count").SequenceEqual([null, 2, 9]), "no value comes from after its row's moment");
    Check.That(training.GetColumn<bool>("user_features__matched").SequenceEqual([false, true, true]), "no fact and a fact that is null can be told apart");

    // A fact that arrives late counts by its own time, unless the request asks what the store knew at each moment.
    await store.WriteFeaturesAsync("user_features", [new { user_id = 1, event_timestamp = now.AddDays(-61), age = 34, purchase_count = 3 }]);
    using var hindsight = await store.GetTrainingSetAsync(["purchase_count"], labels);
    using var asKnown = await store.GetTrainingSetAsync(["purchase_count"], labels, options: new() { KnownAsOf = true });
    Check.That(hindsight.GetColumn<int?>("purchase_count")[1] == 3, "late facts count");
    Check.That(asKnown.GetColumn<int?>("purchase_count")[1] is null, "nothing was known 60 days ago: all of it was written today");
}

Directory.Delete(folder, recursive: true);
