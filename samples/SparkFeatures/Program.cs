using Tauro.FeatureStore;

// Features on Apache Spark: computed from tables that Spark knows, and read from a table of ours. It needs a Spark Connect server that sees the files of this machine.
if (Environment.GetEnvironmentVariable(SparkOptions.RemoteVariable) is not { Length: > 0 } endpoint)
{
    Console.WriteLine($"Skipped: there is no Spark server. Set {SparkOptions.RemoteVariable}, such as sc://localhost:15002, and run this again.");
    return 0;
}

var folder = Path.Combine(Path.GetTempPath(), $"tauro-spark-features-{Guid.NewGuid():n}");
try
{
    await RunAsync(new FeatureStoreContext(folder), endpoint);
}
finally
{
    if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
}

return 0;

static async Task RunAsync(FeatureStoreContext context, string endpoint)
{
    await using var spark = new SparkQueryExecutor(context, endpoint);
    var health = await spark.CheckHealthAsync();
    Console.WriteLine(health);
    if (!health.IsHealthy) throw new InvalidOperationException("The server does not answer.");

    // 1. What the cluster has anyway: a table of purchases. Here it is a view of this session.
    using var made = await spark.ExecuteAsync("""
        CREATE OR REPLACE TEMP VIEW purchases AS SELECT * FROM VALUES
          (1, TIMESTAMP '2025-03-01 10:00:00Z', 20.00), (1, TIMESTAMP '2025-03-05 10:00:00Z', 5.50), (2, TIMESTAMP '2025-03-04 10:00:00Z', 7.25)
          AS t(customer_id, bought_at, amount)
        """);

    // 2. A feature as SQL over it. Spark runs the query whenever the feature is read.
    await using var computed = new VirtualizedFeatureStore(context, spark);
    await computed.RegisterFeaturesAsync(new FeatureGroupSchema("spending")
    {
        EntityKeys = [new EntityKey("customer_id", DataType.Int)],
        TimestampKey = "bought_at",
        Features = [new FeatureSchema("spent_so_far", DataType.Decimal(12, 2))],
    });
    await computed.DefineVirtualFeaturesAsync("spending", new Dictionary<string, string>
    {
        ["spent_so_far"] = "SELECT customer_id, bought_at, sum(amount) OVER (PARTITION BY customer_id ORDER BY bought_at) AS spent_so_far FROM purchases",
    });

    using var moments = FeatureTable.FromColumns(
        ("customer_id", new[] { 1, 1, 2, 2 }),
        ("event_timestamp", new[] { Day(2), Day(6), Day(3), Day(6) }));
    using var spending = await computed.GetTrainingSetAsync(["spent_so_far"], moments);
    Console.WriteLine("What each customer had spent at each moment, computed by Spark:");
    Console.WriteLine(spending.ToDisplayString());
    Check.That(spending.GetColumn<decimal?>("spent_so_far").SequenceEqual([20m, 25.5m, null, 7.25m]), "no value comes from after the moment");

    // 3. A table of ours, written here and read by Spark: the same answers as in this process.
    await using var written = new MaterializedFeatureStore(context);
    await written.RegisterFeaturesAsync(new FeatureGroupSchema("region")
    {
        EntityKeys = [new EntityKey("customer_id", DataType.Int)],
        TimestampKey = "moved_at",
        Features = [new FeatureSchema("region", DataType.String)],
    });
    using var moves = FeatureTable.FromColumns(
        ("customer_id", new[] { 1, 1, 2 }), ("moved_at", new[] { Day(1), Day(4), Day(5) }), ("region", new[] { "north", "south", "west" }));
    await written.WriteFeaturesAsync("region", moves);

    await using var onSpark = new MaterializedFeatureStore(context, executor: spark);
    using var bySpark = await onSpark.GetTrainingSetAsync(["region"], spending);
    using var here = await written.GetTrainingSetAsync(["region"], spending);
    Console.WriteLine("With the region at that moment, read by Spark from the table's files:");
    Console.WriteLine(bySpark.ToDisplayString());
    Check.That(bySpark.GetColumn<string?>("region").SequenceEqual(["north", "south", null, "west"]), "each moment has the region of its time");
    Check.That(bySpark.GetColumn<string?>("region").SequenceEqual(here.GetColumn<string?>("region")), "Spark answers as this process does");
}

static DateTimeOffset Day(int day) => new(2025, 3, day, 12, 0, 0, TimeSpan.Zero);
