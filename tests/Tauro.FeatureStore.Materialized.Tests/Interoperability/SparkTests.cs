using System.Text.Json;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>Another implementation of the protocol reads what this one wrote, after every kind of write and upkeep, and this one reads what that wrote.</summary>
public sealed class SparkTests
{
    private const string Facts = "count(*) AS n, sum(user_id) AS users, sum(unix_micros(event_time)) AS times, sum(age) AS ages";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => [.. SparkSql.Versions];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Spark_reads_our_tables_and_we_read_its(string version)
    {
        await using var ours = new StoreFolder();
        await ours.RegisterAsync();
        var expected = new List<(long Users, int Count, int Ages)>();
        async Task Note()
        {
            var rows = await ours.ReadAllAsync();
            expected.Add((rows.Sum(row => row.User), rows.Length, rows.Sum(row => row.Age)));
        }

        await ours.AppendAsync([.. Enumerable.Range(0, 100).Select(i => ((long)i, i, i))]);
        await Note();
        await ours.AppendAsync([.. Enumerable.Range(50, 100).Select(i => ((long)i, i + 1, i))]);
        await Note();
        await ours.WriteAsync(WriteMode.Merge, (5, 5, -5), (500, 0, 1), (149, 150, -1));
        await Note();
        await ours.Store.CompactAsync("users", rowsPerFile: 60, Token);
        await Note();
        await ours.Store.RegisterFeaturesAsync(StoreFolder.Users with { Features = [.. StoreFolder.Users.Features, new FeatureSchema("city", DataType.String)] }, Token);
        using (var rows = FeatureTable.FromColumns(("user_id", new[] { 900L }), ("event_time", new[] { StoreFolder.At(0) }), ("age", new[] { 9 }), ("city", new[] { "Oslo" })))
            await ours.Store.WriteFeaturesAsync("users", rows, cancellationToken: Token);
        await Note();
        await ours.Store.CheckpointAsync("users", DateTimeOffset.MinValue, Token);
        await using var cleaned = await CleanedAsync();

        var theirs = Path.Combine(ours.Root, "theirs", "v1");
        var answers = await SparkSql.RunAsync(
            version,
            [
                .. Enumerable.Range(0, expected.Count).Select(at => $"SELECT {Facts} FROM delta.`{ours.Table}` VERSION AS OF {at}"),
                $"SELECT {Facts} FROM delta.`{ours.Table}`",
                $"SELECT city AS city FROM delta.`{ours.Table}` WHERE user_id = 900",
                $"SELECT {Facts} FROM delta.`{cleaned.Table}`",
                "SET spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS",
                $"CREATE TABLE delta.`{theirs}` (user_id BIGINT NOT NULL, event_time TIMESTAMP NOT NULL, age INT) USING delta TBLPROPERTIES ('delta.checkpointInterval' = '2')",
                $"INSERT INTO delta.`{theirs}` VALUES (1, TIMESTAMP '2024-01-01 00:00:00Z', 31), (2, TIMESTAMP '2024-01-01 01:00:00Z', NULL)",
                $"INSERT INTO delta.`{theirs}` VALUES (1, TIMESTAMP '2024-01-01 00:00:00Z', 32)",
                $"INSERT INTO delta.`{theirs}` VALUES (3, TIMESTAMP '2024-01-01 02:00:00Z', 51)",
            ]);

        var facts = answers.Where(row => row.TryGetProperty("n", out _)).Select(row => (Number(row, "users"), (int)Number(row, "n"), (int)Number(row, "ages"))).ToList();
        Assert.Equal([.. expected, expected[^1], (99 * 50, 100, 99 * 50)], facts);
        Assert.Equal("Oslo", answers.Single(row => row.TryGetProperty("city", out _)).GetProperty("city").GetString());
        await ReadTheirsAsync(ours, theirs);
    }

    /// <summary>A table whose first commits are gone.</summary>
    private static async Task<StoreFolder> CleanedAsync()
    {
        var folder = new StoreFolder();
        await folder.RegisterAsync();
        for (var i = 0; i < 10; i++) await folder.AppendAsync([.. Enumerable.Range(i * 10, 10).Select(row => ((long)row, 0, row))]);
        await folder.Store.CheckpointAsync("users", DateTimeOffset.MaxValue, Token);
        Assert.DoesNotContain("00000000000000000000.json", folder.LogFiles());
        Assert.Equal(100, (await folder.ReadAllAsync()).Length);
        return folder;
    }

    private static async Task ReadTheirsAsync(StoreFolder folder, string theirs)
    {
        await folder.Store.RegisterFeaturesAsync(new FeatureGroupSchema("theirs")
        {
            EntityKeys = StoreFolder.Users.EntityKeys, TimestampKey = "event_time", Features = StoreFolder.Users.Features,
        }, Token);
        for (var round = 0; round < 2; round++)
        {
            await using var store = folder.Open();
            using var latest = await store.GetFeaturesAsync(["theirs.age"], cancellationToken: Token);
            Assert.Equal([1, 2, 3], latest.GetColumn<long>("user_id"));
            Assert.Equal([32, null, 51], latest.GetColumn<int?>("age"));

            // The second time only its checkpoint tells what the first commits were.
            foreach (var version in (long[])[0, 1]) File.Delete(Path.Combine(theirs, "_delta_log", DeltaFileName.Commit(version)));
        }
    }

    private static long Number(JsonElement row, string name) => row.GetProperty(name) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetInt64(),
        var text => long.Parse(text.GetString()!, System.Globalization.CultureInfo.InvariantCulture),
    };
}
