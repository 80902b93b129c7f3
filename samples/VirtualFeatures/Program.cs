using System.Globalization;
using Tauro.FeatureStore;

// A shop whose silver layer is three CSV files. Its features are queries over them, run whenever they are read.
var folder = Directory.CreateTempSubdirectory("virtual-features-").FullName;
try
{
    await RunAsync(folder);
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static async Task RunAsync(string folder)
{
    var context = new FeatureStoreContext(Path.Combine(folder, "features"));
    await using var executor = new DuckDBQueryExecutor(context, new DuckDBOptions
    {
        Sources = new Dictionary<string, DuckDBSource>
        {
            ["silver.users"] = DuckDBSource.Csv(await WriteAsync(folder, "users", "user_id,birth_date", "1,1990-05-01", "2,2001-01-31", "3,1977-12-31")),
            ["silver.purchases"] = DuckDBSource.Csv(await WriteAsync(
                folder, "purchases", "user_id,amount,bought_at", "1,1.50,2026-01-01T12:00:00Z", "1,2.25,2026-01-03T12:00:00Z", "2,3.00,2026-01-05T12:00:00Z")),
            ["silver.transactions"] = DuckDBSource.Csv(await WriteAsync(
                folder, "transactions", "customer_id,amount,transaction_date", $"1,10.00,{Text(DateTimeOffset.UtcNow)}", $"1,5.50,{Text(DateTimeOffset.UtcNow)}", "2,7.00,2020-01-01T00:00:00Z")),
        },
    });
    await using var virtualized = new VirtualizedFeatureStore(context, executor);

    // 1. The three samples of the original's documentation, word for word; the schemas were completed.
    await virtualized.RegisterFeaturesAsync(Group("user_features", "user_id", new("age", DataType.Int), new("purchase_count", DataType.BigInt)));
    await virtualized.RegisterFeaturesAsync(Group("customer_features", "customer_id", new FeatureSchema("daily_spending", DataType.Decimal(18, 2))));
    await virtualized.DefineVirtualFeaturesAsync("user_features", new Dictionary<string, string>
    {
        ["age"] = "SELECT user_id, (YEAR(CURRENT_DATE) - YEAR(birth_date)) AS age FROM silver.users",
        ["purchase_count"] = "SELECT user_id, COUNT(*) AS purchase_count FROM silver.purchases GROUP BY user_id",
    });
    await virtualized.DefineVirtualFeaturesAsync("customer_features", new Dictionary<string, string>
    {
        // A CSV file has no types, and DuckDB finds DOUBLE for the amounts; CAST makes them money.
        ["daily_spending"] = "SELECT customer_id, CAST(SUM(amount) AS DECIMAL(18, 2)) AS daily_spending FROM silver.transactions WHERE DATE(transaction_date) = CURRENT_DATE() GROUP BY customer_id",
    });

    using var users = FeatureTable.FromColumns(("user_id", new long[] { 2, 1, 3 }));
    using var latest = await virtualized.GetFeaturesAsync(["age", "purchase_count"], users);
    Console.WriteLine(latest.ToDisplayString());
    var year = DateTime.UtcNow.Year;
    Check.That(latest.GetColumn<int?>("age").SequenceEqual([year - 2001, year - 1990, year - 1977]), "ages follow the calendar");
    Check.That(latest.GetColumn<long?>("purchase_count").SequenceEqual([1L, 2L, null]), "purchases are counted, and null where there is none");

    using var customers = FeatureTable.FromColumns(("customer_id", new long[] { 1, 2 }));
    using var spending = await virtualized.GetFeaturesAsync(["daily_spending"], customers);
    Console.WriteLine(spending.ToDisplayString());
    Check.That(spending.GetColumn<decimal?>("daily_spending").SequenceEqual([15.50m, null]), "only today's spending counts");

    // 2. These know only now. A past moment is refused instead of answered with today's values.
    using var labels = FeatureTable.FromColumns(("user_id", new long[] { 1, 1, 2 }), ("event_timestamp", new[] { Day(2), Day(4), Day(4) }));
    try
    {
        await virtualized.GetTrainingSetAsync(["age"], labels);
        Check.That(false, "a past moment is refused");
    }
    catch (SchemaValidationException refused)
    {
        Console.WriteLine(refused.Message);
        Check.That(refused.Message.Contains("$as_of", StringComparison.Ordinal), "the refusal says what to change");
    }

    // 3. With the event time, or with $as_of, every moment has its own answer.
    await virtualized.RegisterFeaturesAsync(Group("spending", "user_id", new("last_amount", DataType.Double), new("bought_so_far", DataType.BigInt)));
    await virtualized.DefineVirtualFeaturesAsync("spending", new Dictionary<string, string>
    {
        ["last_amount"] = "SELECT user_id, bought_at AS event_time, amount AS last_amount FROM silver.purchases",
        ["bought_so_far"] = "SELECT user_id, count(*) AS bought_so_far FROM silver.purchases WHERE bought_at <= $as_of GROUP BY user_id",
    });
    using var trainingSet = await virtualized.GetTrainingSetAsync(["last_amount", "bought_so_far"], labels);
    Console.WriteLine(trainingSet.ToDisplayString());
    Check.That(trainingSet.GetColumn<double?>("last_amount").SequenceEqual([1.5, 2.25, null]), "the last purchase by each moment");
    Check.That(trainingSet.GetColumn<long?>("bought_so_far").SequenceEqual([1L, 2L, null]), "purchases by each moment");

    // 4. Written and computed features in one request.
    await using var materialized = new MaterializedFeatureStore(context);
    await using var store = new CompositeFeatureStore(context, materialized, virtualized);
    await store.RegisterFeaturesAsync(Group("risk", "user_id", new FeatureSchema("score", DataType.Int)));
    using var scores = FeatureTable.FromColumns(("user_id", new long[] { 1, 2 }), ("event_time", new[] { Day(3), Day(3) }), ("score", new[] { 10, 20 }));
    await store.WriteFeaturesAsync("risk", scores);
    using var both = await store.GetTrainingSetAsync(["risk.score", "bought_so_far"], labels);
    Console.WriteLine(both.ToDisplayString());
    Check.That(both.GetColumn<int?>("score").SequenceEqual([null, 10, 20]), "written features are as of each moment");
    Check.That(both.GetColumn<long?>("bought_so_far").SequenceEqual([1L, 2L, null]), "and computed ones beside them");

    // 5. A virtual feature becomes a fast one: computed for every user at each midnight, in steps that a repeated run passes over.
    var options = new MaterializationOptions { Every = TimeSpan.FromDays(1), Step = TimeSpan.FromDays(3), Name = "first week" };
    var done = await store.MaterializeAsync("spending", Day(1), Day(7), options);
    var again = await store.MaterializeAsync("spending", Day(1), Day(7), options);
    using var kept = await store.GetTrainingSetAsync(["last_amount"], labels, options: new RetrievalOptions { Store = StoreKind.Materialized });
    Console.WriteLine(kept.ToDisplayString());
    Check.That(done.StepsDone == 2 && again.StepsSkipped == 2, "a repeated run passes over what is done");
    Check.That(kept.GetColumn<double?>("last_amount").SequenceEqual([1.5, 2.25, null]), "the table answers as the query did");
}

static FeatureGroupSchema Group(string name, string key, params FeatureSchema[] features) => new(name)
{
    EntityKeys = [new EntityKey(key, DataType.BigInt)],
    TimestampKey = "event_time",
    Features = features,
};

static DateTimeOffset Day(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);

static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

static async Task<string> WriteAsync(string folder, string name, params string[] lines)
{
    var path = Path.Combine(folder, $"{name}.csv");
    await File.WriteAllLinesAsync(path, lines);
    return path;
}
