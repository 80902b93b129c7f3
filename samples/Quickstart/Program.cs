using Quickstart;
using Tauro.FeatureStore;

// A shop with three months of history: what its customers ordered, and how their risk was scored every week.
var folder = Path.Combine(Path.GetTempPath(), $"tauro-quickstart-{Guid.NewGuid():n}");
try
{
    await RunAsync(folder);
}
finally
{
    Directory.Delete(folder, recursive: true);
}

return Check.ExitCode;

static async Task RunAsync(string folder)
{
    var clock = new ShopClock(History.End);
    var context = new FeatureStoreContext(folder) { TimeProvider = clock };
    await using var store = new MaterializedFeatureStore(context);

    // 1. Declare two groups: what their rows are about, when a row was true, and what it holds.
    await store.RegisterFeaturesAsync(new FeatureGroupSchema("orders")
    {
        EntityKeys = [new EntityKey("customer_id", DataType.BigInt)],
        TimestampKey = "ordered_at",
        Description = "What a customer has ordered so far",
        Owner = "shop",
        Features =
        [
            new FeatureSchema("order_count", DataType.Int) { Nullable = false },
            new FeatureSchema("total_spent", DataType.Decimal(12, 2)),
        ],
    });
    await store.RegisterFeaturesAsync(new FeatureGroupSchema("risk")
    {
        EntityKeys = [new EntityKey("customer_id", DataType.BigInt)],
        TimestampKey = "scored_at",
        Lookback = TimeSpan.FromDays(30),
        Description = "The weekly risk score; a score older than 30 days says nothing",
        Owner = "risk",
        Features = [new FeatureSchema("score", DataType.Double), new FeatureSchema("band", DataType.String)],
    });

    // 2. Write history. A write is one commit: all of it is visible, or nothing.
    var orders = await store.WriteFeaturesAsync("orders", History.Orders());
    var scores = await store.WriteFeaturesAsync("risk", History.Scores());
    Console.WriteLine($"wrote {orders.RowCount} order rows and {scores.RowCount} scores");
    Console.WriteLine();

    // 3. The latest values of three customers, in the order in which they are asked for.
    using var latest = await store.GetFeaturesAsync(
        ["orders.order_count", "orders.total_spent", "risk.score", "risk.band"],
        new Dictionary<string, Array> { ["customer_id"] = new long[] { 7, 4, 999 } });
    Console.WriteLine("Latest values of three customers (the score of 7 is too old, 999 is unknown):");
    Console.WriteLine(latest.ToDisplayString());
    Check.That(latest.GetColumn<long>("customer_id").SequenceEqual([7, 4, 999]), "entities come back in their order");
    Check.That(latest.GetColumn<int?>("order_count")[2] is null, "an unknown customer has nulls");

    // 4. A training set: labelled events, each with the features as they were at its own moment.
    using var events = FeatureTable.FromRows(History.Labels());
    using var training = await store.GetTrainingSetAsync(
        ["orders.order_count", "orders.total_spent", "risk.score"], events, timeColumn: "happened_at");
    Console.WriteLine("A training set: each label with the features as of its moment:");
    Console.WriteLine(training.ToDisplayString());
    Check.That(training.RowCount == events.RowCount, "as many rows out as in");
    Check.That(training.GetColumn<bool>("churned").SequenceEqual(events.GetColumn<bool>("churned")), "labels are untouched");
    Check.That(History.MatchesByHand(training), "every row is what a loop over the history finds");

    // 5. A late correction: an order of two in the morning reaches the store a day later. It is appended, not edited.
    var takenAt = History.End.AddHours(2);
    clock.Advance(TimeSpan.FromDays(1));
    await store.WriteFeaturesAsync("orders", [new OrderRow(7, takenAt, 99, 9_999.99m)]);

    using var moments = FeatureTable.FromColumns(
        ("customer_id", new long[] { 7, 7 }), ("event_timestamp", new[] { takenAt.AddHours(4), clock.GetUtcNow() }));
    using var withHindsight = await store.GetTrainingSetAsync(["orders.total_spent as with_hindsight"], moments);
    using var asKnown = await store.GetTrainingSetAsync(["orders.total_spent as as_known_then"], withHindsight, options: new() { KnownAsOf = true });
    Console.WriteLine("An order that arrived a day late, with hindsight and as it was known at each moment:");
    Console.WriteLine(asKnown.ToDisplayString());
    var hindsight = asKnown.GetColumn<decimal?>("with_hindsight");
    var known = asKnown.GetColumn<decimal?>("as_known_then");
    Check.That(hindsight[0] == 9_999.99m, "with hindsight the order counts from its event time on");
    Check.That(known[0] == latest.GetColumn<decimal?>("total_spent")[0], "four hours later the store knew only the orders before it");
    Check.That(known[1] == 9_999.99m, "today it is known");
    Console.WriteLine(Check.Summary);
}
