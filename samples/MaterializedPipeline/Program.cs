using Tauro.FeatureStore;

// Materialized features: computed once, written to the store, and served from it as often as they are asked for.
var folder = Directory.CreateTempSubdirectory("materialized-pipeline-").FullName;
await using (var store = new MaterializedFeatureStore(new FeatureStoreContext(folder)) { CacheSizeMegabytes = 64 })
{
    await store.RegisterFeaturesAsync(new FeatureGroupSchema("transaction_features")
    {
        EntityKeys = ["transaction_id"],
        TimestampKey = "transaction_date",
        Description = "What a transaction looked like when it was booked",
        Owner = "payments",
        Tags = new Dictionary<string, string> { ["team"] = "data-science" },
        Features =
        [
            new("amount", DataType.Double, FeatureType.Numerical) { Nullable = false },
            new("merchant_id", DataType.String, FeatureType.Categorical),
        ],
    });

    // A pipeline computes the features; here they are rows of a record type. A write is one commit: all of it counts, or nothing.
    Transaction[] computed =
    [
        new(101, new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), 25.40, "grocer"),
        new(102, new(2026, 3, 1, 9, 30, 0, TimeSpan.Zero), 310.00, "airline"),
        new(103, new(2026, 3, 2, 18, 0, 0, TimeSpan.Zero), 12.75, "grocer"),
    ];
    var written = await store.WriteFeaturesAsync("transaction_features", computed, new WriteOptions { TransactionId = "booked 2026-03-02" });
    Console.WriteLine($"wrote {written.RowCount} rows to {written.FeatureGroup}");

    // The pipeline is run again after a crash: the same batch is written once.
    var again = await store.WriteFeaturesAsync("transaction_features", computed, new WriteOptions { TransactionId = "booked 2026-03-02" });
    Check.That(again is { AlreadyWritten: true, RowCount: 0 }, "a repeated batch writes nothing");

    // A correction replaces the row of its key and time.
    await store.WriteFeaturesAsync("transaction_features", [computed[1] with { amount = 301.00 }], WriteMode.Merge);

    // Serving: one row for each transaction that is asked for, in that order.
    using var transactions = FeatureTable.FromColumns(("transaction_id", new[] { 103, 102, 999 }));
    using var features = await store.GetFeaturesAsync(["amount", "merchant_id"], transactions);
    Console.WriteLine(features.ToDisplayString());
    Check.That(features.GetColumn<double?>("amount").SequenceEqual([12.75, 301.00, null]), "the corrected amount answers, and an unknown transaction has none");

    // Files of many small writes become few sorted ones; no answer changes.
    await store.CompactAsync("transaction_features");
    using var after = await store.GetFeaturesAsync(["amount", "merchant_id"], transactions);
    Check.That(after.ToDisplayString() == features.ToDisplayString(), "compaction changes no answer");
    Check.That((await store.CheckHealthAsync()).IsHealthy, "the store is healthy");
}

Directory.Delete(folder, recursive: true);

internal sealed record Transaction(int transaction_id, DateTimeOffset transaction_date, double amount, string merchant_id);
