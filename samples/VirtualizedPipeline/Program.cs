using Tauro.FeatureStore;

// Virtual features: queries over the Silver layer that run when they are read. Nothing is stored, and nothing is ever stale.
var folder = Directory.CreateTempSubdirectory("virtualized-pipeline-").FullName;
var silver = Path.Combine(folder, "transactions.csv");
var today = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss");
await File.WriteAllLinesAsync(silver, ["customer_id,amount,transaction_date", $"1,10.50,{today}", $"1,4.50,{today}", "1,99.00,2020-01-01 00:00:00", $"2,7.25,{today}"]);

var context = new FeatureStoreContext(folder);
var sources = new Dictionary<string, DuckDBSource> { ["silver.transactions"] = DuckDBSource.Csv(silver) };
await using (var executor = new DuckDBQueryExecutor(context, new DuckDBOptions { Sources = sources }))
await using (var store = new VirtualizedFeatureStore(context, executor))
{
    await store.RegisterFeaturesAsync(new FeatureGroupSchema("transaction_features")
    {
        EntityKeys = [new("customer_id", DataType.BigInt)],
        TimestampKey = "day",
        Features = [new("daily_spending", DataType.Double), new("spent_before", DataType.Double)],
    });

    // The query is checked at once, without running it: its keys, its columns and their types.
    await store.DefineVirtualFeaturesAsync("transaction_features", new Dictionary<string, string>
    {
        ["daily_spending"] = """
            SELECT
                customer_id,
                SUM(amount) as daily_spending
            FROM silver.transactions
            WHERE DATE(transaction_date) = CURRENT_DATE()
            GROUP BY customer_id
            """,
    });

    using var customers = FeatureTable.FromColumns(("customer_id", new long[] { 2, 1, 3 }));
    using var spending = await store.GetFeaturesAsync(["daily_spending"], customers);
    Console.WriteLine(spending.ToDisplayString());
    Check.That(spending.GetColumn<double?>("daily_spending").SequenceEqual([7.25, 15.00, null]), "the sums are those of today's rows");

    // The file changes, and so does the next answer.
    await File.AppendAllLinesAsync(silver, [$"2,2.75,{today}"]);
    using var fresh = await store.GetFeaturesAsync(["daily_spending"], customers);
    Check.That(fresh.GetColumn<double?>("daily_spending")[0] == 10.00, "a read sees what was appended before it");

    // A query that knows only today cannot say what was true last year, and says so instead of leaking today into the past.
    try
    {
        using var leaked = await store.GetFeaturesAsync(["daily_spending"], customers, pointInTime: DateTimeOffset.UtcNow.AddYears(-1));
        Check.That(false, "a past moment is refused");
    }
    catch (SchemaValidationException refused)
    {
        Console.WriteLine(refused.Message);
    }

    // With $as_of it can: the parameter is the moment that is looked from, for each row its own.
    await store.DefineVirtualFeaturesAsync("transaction_features", new Dictionary<string, string>
    {
        ["spent_before"] = "SELECT customer_id, SUM(amount) AS spent_before FROM silver.transactions WHERE transaction_date <= $as_of GROUP BY customer_id",
    });
    using var spine = FeatureTable.FromColumns(
        ("customer_id", new long[] { 1, 1 }), ("event_timestamp", new[] { new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.UtcNow.AddDays(1) }));
    using var training = await store.GetTrainingSetAsync(["spent_before"], spine);
    Console.WriteLine();
    Console.WriteLine(training.ToDisplayString());
    Check.That(training.GetColumn<double?>("spent_before").SequenceEqual([99.00, 114.00]), "each row has what was spent by its own moment");
}

Directory.Delete(folder, recursive: true);
