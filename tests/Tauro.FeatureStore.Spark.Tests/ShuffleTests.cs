using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Tauro.FeatureStore.Engines.Spark;
using Tauro.FeatureStore.Engines.Spark.Protocol;
using DataType = Tauro.FeatureStore.DataType;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>What Spark makes of our SQL: no shuffle more than needed, filters that reach the files, and nothing left behind.</summary>
public sealed partial class ShuffleTests(SparkServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false, false, 1)]
    [InlineData(false, true, false, 1)]
    [InlineData(false, false, true, 2)]
    [InlineData(true, false, false, 2)]
    [InlineData(true, false, true, 3)]
    public async Task An_as_of_read_shuffles_once_by_key_or_once_each_side_and_once_more_only_for_the_order(bool byIntervals, bool knownAsOf, bool ordered, int shuffles)
    {
        // So small a table would be sent to every executor, and not shuffled at all.
        await using var spark = server.CreateExecutor(configuration: new() { ["spark.sql.autoBroadcastJoinThreshold"] = "-1" });
        var time = new PlanColumn("t", DataType.Timestamp);
        var read = new AsOfRead
        {
            Rows = new SourceRows(new ParquetSource([]), time, null),
            Keys = [new KeyMatch("k", new PlanColumn("k", DataType.BigInt), DataType.BigInt)],
            Outputs = [new PlanOutput(new PlanColumn("v", DataType.Double), "v")],
            Visibility = new VisibilityRule(0, UtcTime.MicrosecondsPerDay, true, knownAsOf),
        };
        using var folder = new CaseFolder();
        using var rows = FeatureTable.FromColumns(("k", new[] { 1L }), ("t", new[] { DateTimeOffset.UnixEpoch }), ("v", new[] { 1.5 }));
        var file = await folder.WriteAsync("rows.parquet", rows, rows.ColumnNames.Select(name => new PlanColumn(name, rows.GetColumnType(name))), 0);
        var features = $"(SELECT *, 0L AS __sequence FROM parquet.`{file.Path}`)";
        var source = new SourceSql(features, SourceSql.Microseconds(time), SparkLiteral.Whole(0), "__sequence", HasOwnCreatedTime: false);
        const string Spine = "(SELECT id AS __row, id % 7 AS k, TIMESTAMP '2024-01-01' AS t FROM range(100))";

        var times = new SpineTimes("t", 0, 0);
        var sql = byIntervals ? new IntervalSql(read, source, Spine, times).Write(ordered) : new AsOfSql(read, source, Spine, times).Write(ordered);
        var plan = await spark.ExplainAsync(sql, Cancel);

        Assert.Equal(shuffles, Exchange().Count(plan));
        Assert.Matches(@"PushedFilters: \[.*GreaterThanOrEqual\(t,", plan);
    }

    [Fact]
    public async Task Several_files_are_one_scan_whose_rows_find_their_files_places_without_a_shuffle()
    {
        using var folder = new CaseFolder();
        var options = new SparkOptions { ConnectionString = server.Endpoint, Configuration = new Dictionary<string, string> { ["spark.sql.autoBroadcastJoinThreshold"] = "-1" } };
        var endpoint = SparkEndpoint.Of(options);
        using var transport = new SparkTransport(endpoint, options.ConnectTimeout);
        await using var session = await SparkSession.OpenAsync(transport, endpoint, options, TimeProvider.System, NullLogger.Instance, Cancel);
        await using var views = new SourceViews(new ConnectQueries(session));
        PlanColumn[] columns = [new("k", DataType.BigInt), new("t", DataType.Timestamp), new("v", DataType.Double)];
        using var rows = FeatureTable.FromColumns(("k", new[] { 1L }), ("t", new[] { DateTimeOffset.UnixEpoch }), ("v", new[] { 1.5 }));
        var files = new List<ParquetSourceFile>();
        // Of many rows each, by what is said of them: the number of rows decides nothing.
        for (var i = 0; i < 3; i++) files.Add(await folder.WriteAsync(FormattableString.Invariant($"part-{i}.parquet"), rows, columns, created: 0) with { Rows = 1_000_000 });
        var read = new AsOfRead
        {
            Rows = new SourceRows(new ParquetSource(files), columns[1], null),
            Keys = [new KeyMatch("k", columns[0], DataType.BigInt)],
            Outputs = [new PlanOutput(columns[2], "v")],
            Visibility = new VisibilityRule(UtcTime.MicrosecondsPerDay, UtcTime.MicrosecondsPerDay, AllowExactMatches: false, KnownAsOf: false),
        };

        var source = await views.OpenAsync(read.Rows, columns, () => [], Cancel);
        var sql = new IntervalSql(read, source, "(SELECT id AS __row, id % 7 AS k, TIMESTAMP '2024-01-01' AS t FROM range(100))", new SpineTimes("t", 0, 0)).Write(ordered: false);
        var plan = await session.ExplainAsync(new Plan { Root = new Relation { Sql = new Sql { Query = sql } } }, values: null, Cancel);

        Assert.Single(Regex.Matches(plan, "FileScan parquet"));
        Assert.Equal(2, Exchange().Count(plan));
        Assert.Matches(@"PushedFilters: \[.*LessThanOrEqual\(t,", plan);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_plan_that_ran_or_was_broken_off()
    {
        await using var spark = server.CreateExecutor();
        using var rows = FeatureTable.FromColumns(("id", new[] { 1L, 2L }), ("t", new[] { DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch }));
        var plan = new RangePlan
        {
            Rows = new SourceRows(new TableSource(rows), new PlanColumn("t", DataType.Timestamp), null),
            Keys = [SourceCase.Id],
            Outputs = [new PlanOutput(SourceCase.Id, "id")],
            From = 0,
            To = 1,
        };

        await foreach (var batch in spark.RunAsync(plan, Cancel)) batch.Dispose();
        await foreach (var batch in spark.RunAsync(plan, Cancel))
        {
            batch.Dispose();
            break;
        }

        using var views = await spark.ExecuteAsync("SHOW VIEWS", cancellationToken: Cancel);
        Assert.Equal(0, views.RowCount);
        await ServerPage.WaitForJobsAsync(server, running: false);
    }

    [Fact]
    public void A_spine_in_which_a_key_stands_in_many_rows_is_told_from_one_whose_keys_are_spread()
    {
        KeyMatch[] keys = [new("k", SourceCase.Id, DataType.BigInt)];
        using var spread = FeatureTable.FromColumns(("k", Enumerable.Range(0, 10_000).Select(i => (long?)(i / 20)).ToArray()));
        using var hot = FeatureTable.FromColumns(("k", Enumerable.Range(0, 10_000).Select(i => (long?)(i < 70 ? -1 : i)).ToArray()));
        using var nulls = FeatureTable.FromColumns(("k", new long?[10_000]));

        Assert.True(SpineKeys.AreSpread(spread, keys, 64));
        Assert.False(SpineKeys.AreSpread(hot, keys, 64));
        Assert.True(SpineKeys.AreSpread(nulls, keys, 64));
    }

    [GeneratedRegex(@"\bExchange (hash|range|single|Single|round)", RegexOptions.IgnoreCase)]
    private static partial Regex Exchange();
}
