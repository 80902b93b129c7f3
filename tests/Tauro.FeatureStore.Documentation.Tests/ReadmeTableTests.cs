namespace Tauro.FeatureStore.Documentation.Tests;

/// <summary>The lines of the README's table "What you do next" stand here as code that runs.</summary>
public sealed class ReadmeTableTests : IAsyncLifetime
{
    private static readonly DateTimeOffset From = new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-readme-").FullName;
    private readonly FeatureStoreContext _context;
    private readonly MaterializedFeatureStore _store;

    public ReadmeTableTests()
    {
        _context = new FeatureStoreContext(_folder);
        _store = new MaterializedFeatureStore(_context);
    }

    public async ValueTask InitializeAsync()
    {
        await _store.RegisterFeaturesAsync(new FeatureGroupSchema("users")
        {
            EntityKeys = ["user_id"],
            TimestampKey = "at",
            Features = [new("age", DataType.Int), new("region", DataType.String)],
        });
        await _store.RegisterFeaturesAsync(new FeatureGroupSchema("orders")
        {
            EntityKeys = ["user_id"],
            TimestampKey = "at",
            Features = [new("total", DataType.Double)],
        });
        await _store.RegisterFeaturesAsync(new FeatureGroupSchema("airports")
        {
            EntityKeys = ["airport"],
            TimestampKey = "at",
            Features = [new("delay", DataType.Int)],
        });
        await _store.WriteFeaturesAsync("users", [new { user_id = 1, at = From, age = 30, region = "north" }, new { user_id = 2, at = From.AddDays(2), age = 40, region = "south" }]);
        await _store.WriteFeaturesAsync("orders", [new { user_id = 1, at = From.AddDays(1), total = 1.5 }, new { user_id = 1, at = From.AddDays(9), total = 2.5 }]);
        await _store.WriteFeaturesAsync("airports", [new { airport = "BCN", at = From, delay = 5 }, new { airport = "MAD", at = From, delay = 7 }]);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Each_line_of_the_table_does_what_it_says()
    {
        var (store, context, moment, from, to) = (_store, _context, From.AddDays(1), From, From.AddDays(5));
        using var users = FeatureTable.FromColumns(("user_id", new[] { 1, 2 }));
        using var spine = FeatureTable.FromColumns(("user_id", new[] { 1, 2 }), ("event_timestamp", new[] { moment, moment }));
        using var flights = FeatureTable.FromColumns(("origin", new[] { "BCN" }), ("airport", new[] { "MAD" }));

        using var rows = FeatureTable.FromRows([new { user_id = 1, at = From, age = 30, region = "north" }, new { user_id = 2, at = From.AddDays(2), age = 40, region = "south" }]);
        var yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);

        // readme: begin
        using var everyEntity = await store.GetFeaturesAsync(["age", "region"]);
        using var atOneMoment = await store.GetFeaturesAsync(["age"], users, pointInTime: moment);
        using var withMatches = await store.GetFeaturesAsync(["age"], users, options: new() { IncludeMatches = true });
        using var asKnown = await store.GetFeaturesAsync(["age"], users, options: new() { KnownAsOf = true });
        var origin = new FeatureReference("delay", "airports") { Alias = "origin_delay", KeyColumns = new Dictionary<string, string> { ["airport"] = "origin" } };
        using var range = await store.GetFeaturesAsync(["orders.total"], new TimeRange(from, to));
        var stream = store.StreamFeaturesAsync(FeatureRequest.ForSpine(["age"], spine));
        await using var onDuckDB = new MaterializedFeatureStore(context, executor: new DuckDBQueryExecutor(context));
        await store.WriteFeaturesAsync("users", rows, WriteMode.Merge);
        await store.BackfillAsync("users", from, to, rows);
        await store.WriteFeaturesAsync("users", rows, new WriteOptions { TransactionId = "2025-03-01" });
        using var before = await store.GetFeaturesAsync(["age"], users, options: new() { AsOfTimestamp = yesterday });
        await store.CompactAsync("users");
        await using var engine = new DuckDBQueryExecutor(context, new() { Sources = new Dictionary<string, DuckDBSource> { ["silver.people"] = DuckDBSource.Table(users) } });
        await using var virtualStore = new VirtualizedFeatureStore(context, engine);
        await virtualStore.DefineVirtualFeaturesAsync("users", new Dictionary<string, string> { ["age"] = "SELECT user_id, 7 AS age FROM silver.people" });
        // readme: end

        Assert.Equal([null, null], before.GetColumn<int?>("age"));

        Assert.Equal([1, 2], everyEntity.GetColumn<int>("user_id"));
        Assert.Equal([30, null], atOneMoment.GetColumn<int?>("age"));
        Assert.Equal([From, From.AddDays(2)], withMatches.GetColumn<DateTimeOffset>("users__event_time"));
        Assert.Equal([30, 40], asKnown.GetColumn<int>("age"));
        using var twice = await store.GetFeaturesAsync([origin, "airports.delay"], flights);
        Assert.Equal((5, 7), (twice.GetColumn<int>("origin_delay")[0], twice.GetColumn<int>("delay")[0]));
        Assert.Equal([1.5], range.GetColumn<double>("total"));
        long count = 0;
        await foreach (var batch in stream)
        {
            count += batch.Length;
            batch.Dispose();
        }

        Assert.Equal(2, count);
        using var computed = await virtualStore.GetFeaturesAsync(["age"]);
        Assert.Equal([7, 7], computed.GetColumn<int>("age"));
        using var same = await onDuckDB.GetFeaturesAsync(["age", "region"]);
        Assert.Equal(everyEntity.ToDisplayString(), same.ToDisplayString());
    }

    [Fact]
    public void The_table_has_no_line_that_is_not_run()
    {
        var code = Repository.Read("tests", "Tauro.FeatureStore.Documentation.Tests", "ReadmeTableTests.cs");
        var run = code[code.IndexOf("// readme: begin", StringComparison.Ordinal)..code.IndexOf("// readme: end", StringComparison.Ordinal)];
        var readme = Repository.Read("README.md");
        var table = readme[readme.IndexOf("| you want | you write |", StringComparison.Ordinal)..readme.IndexOf("## What is not there yet", StringComparison.Ordinal)];
        string[] lines = [.. table.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => line.Split('`')[1])];
        Assert.True(lines.Length >= 8, $"{lines.Length} lines were found");
        Assert.All(lines, line => Assert.Contains(line, run, StringComparison.Ordinal));
    }
}
