using Apache.Arrow;
using Apache.Arrow.Types;
using Microsoft.Extensions.Logging.Abstractions;
using Tauro.FeatureStore.Engines.MicrosoftSpark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Values of every type, out of Spark and into it, by the library's own channels.</summary>
public sealed class ValueTests(SparkServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Out_of_Spark_whatever_the_zone_and_the_mode_of_the_jobs_session()
    {
        server.Session.Conf().Set("spark.sql.session.timeZone", "America/New_York");
        server.Session.Conf().Set("spark.sql.ansi.enabled", "false");
        await using var spark = server.CreateExecutor();

        using var table = await spark.ExecuteAsync("""
            SELECT 7 AS i, 7L AS l, 5000000000L AS big, float(0.1) AS f, double('NaN') AS d, 123456789012345678.0000000001BD AS n, 'a\'\u00e9日本😀' AS s, true AS b,
              DATE '1500-02-28' AS day, TIMESTAMP '1582-10-10 12:00:00.000001' AS t, TIMESTAMP_NTZ '2024-07-01 12:00:00' AS z, array(1.5F, null) AS v, map('k', 2L) AS m,
              named_struct('x', 1, 'y', array(DATE '9999-12-31')) AS o, CAST(null AS INT) AS nothing
            """, cancellationToken: Cancel);

        Assert.Equal([7], table.GetColumn<int>("i"));
        Assert.Equal([7L], table.GetColumn<long>("l"));
        Assert.Equal([5_000_000_000L], table.GetColumn<long>("big"));
        Assert.Equal([0.1f], table.GetColumn<float>("f"));
        Assert.Equal([double.NaN], table.GetColumn<double>("d"));
        Assert.Equal([123456789012345678.0000000001m], table.GetColumn<decimal>("n"));
        Assert.Equal(["a'é日本😀"], table.GetColumn<string>("s"));
        Assert.Equal([true], table.GetColumn<bool>("b"));
        Assert.Equal([new DateOnly(1500, 2, 28)], table.GetColumn<DateOnly>("day"));
        Assert.Equal([new DateTimeOffset(1582, 10, 10, 12, 0, 0, TimeSpan.Zero).AddMicroseconds(1)], table.GetColumn<DateTimeOffset>("t"));
        Assert.Equal([new DateTimeOffset(2024, 7, 1, 12, 0, 0, TimeSpan.Zero)], table.GetColumn<DateTimeOffset>("z"));
        Assert.Equal([1.5f, null], table.GetColumn<float?[]>("v")[0]);
        Assert.Equal(2L, table.GetColumn<IReadOnlyDictionary<string, long>>("m")[0]["k"]);
        Assert.Equal(1, table.GetColumn<IReadOnlyDictionary<string, object?>>("o")[0]["x"]);
        Assert.Equal([null], table.GetColumn<int?>("nothing"));
        Assert.Equal("America/New_York", server.Session.Conf().Get("spark.sql.session.timeZone"));
    }

    [Fact]
    public async Task What_no_data_type_holds_comes_as_Arrow_has_it()
    {
        await using var spark = server.CreateExecutor();

        await foreach (var batch in spark.StreamAsync("SELECT X'00FF10' AS bytes, 12345678901234567890123456789012345678BD AS digits, null AS nothing, 1 AS same, 2 AS same", cancellationToken: Cancel))
        {
            using (batch)
            {
                Assert.Equal([0, 255, 16], ((BinaryArray)batch.Column(0)).GetBytes(0).ToArray());
                Assert.Equal("12345678901234567890123456789012345678", ((Decimal128Array)batch.Column(1)).GetString(0));
                Assert.IsType<NullType>(batch.Schema.GetFieldByIndex(2).DataType);
                Assert.Equal(["same", "same"], batch.Schema.FieldsList.Skip(3).Select(field => field.Name));
            }
        }
    }

    [Fact]
    public async Task A_type_without_an_Arrow_type_is_refused_by_the_columns_name()
    {
        await using var spark = server.CreateExecutor();

        var refused = await Assert.ThrowsAsync<VirtualizationQueryException>(() => spark.ExecuteAsync("SELECT INTERVAL '1' DAY AS pause", cancellationToken: Cancel));

        Assert.Contains("'pause'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Into_Spark_and_back(bool isEmpty)
    {
        var moments = Enumerable.Range(0, 45_000).Select(i => DateTimeOffset.UnixEpoch.AddMicroseconds(i - 20_000)).ToArray();
        using var whole = FeatureTable.FromColumns(
            ("t", moments), ("i", moments.Select((_, i) => i % 7 == 0 ? null : (int?)i).ToArray()), ("f", moments.Select((_, i) => i / 3f).ToArray()),
            ("n", moments.Select((_, i) => (decimal?)i / 1000).ToArray()), ("s", moments.Select((_, i) => i % 5 == 0 ? null : $"'{i}\\").ToArray()), ("b", moments.Select((_, i) => i % 2 == 0).ToArray()),
            ("day", moments.Select((_, i) => new DateOnly(1500, 1, 1).AddDays(i)).ToArray()), ("v", moments.Select((_, i) => i % 3 == 0 ? null : new float?[] { i, null, float.NaN }).ToArray()),
            ("m", moments.Select((_, i) => new Dictionary<string, DateTimeOffset?> { ["a"] = moments[i], ["b"] = null }).ToArray()));
        using var table = isEmpty ? FeatureTable.FromArrow(whole.Schema, []) : FeatureTable.FromArrow(whole.Schema, whole.Batches.Select(batch => batch.SliceShared(0, batch.Length)));
        await using var spark = server.CreateExecutor();
        var plan = new RangePlan
        {
            Rows = new SourceRows(new TableSource(table), new PlanColumn("t", DataType.Timestamp), null),
            Keys = [],
            Outputs = [.. table.ColumnNames.Select(name => new PlanOutput(new PlanColumn(name, table.GetColumnType(name)), name))],
            From = long.MinValue,
            To = long.MaxValue,
        };

        using var answer = await FeatureTable.ReadAsync(spark.RunAsync(plan, Cancel), new Schema([.. plan.Outputs.Select(output => ArrowTypes.ToField(output.Name, output.Column.Type))], null), Cancel);

        Assert.Equal(table.RowCount, answer.RowCount);
        foreach (var name in table.ColumnNames) Assert.Equal(Values(table, name), Values(answer, name));

        static List<string> Values(FeatureTable table, string name) => [.. table.GetColumn<object?>(name).Select(Specification.Printed.Value)];
    }

    /// <summary>One message holds no more than two gigabytes.</summary>
    [Fact]
    public async Task Long_texts_go_in_several_parts()
    {
        using var table = FeatureTable.FromColumns(("s", Enumerable.Range(0, 5).Select(i => new string((char)('a' + i), 10_000_000)).ToArray()));
        var jobs = new SparkJobs(server.Session, NullLogger.Instance);
        var queries = new MicrosoftSparkQueries(jobs, NullLogger.Instance);
        var views = new List<string>();

        await queries.UploadAsync(table.Schema, table.Batches, NewView, Cancel);

        Assert.Equal(2, views.Count);
        var query = string.Join(" UNION ALL ", views.Select(view => $"SELECT count(*) AS n, sum(length(s)) AS signs, max(s) < 'f' AND min(s) >= 'a' AS whole FROM {view}"));
        var rows = await jobs.RunAsync(session => session.Sql(query).Collect().ToList(), values: null, Cancel);
        Assert.Equal([3L, 2L], rows.Select(row => row.GetAs<long>("n")));
        Assert.Equal([30_000_000L, 20_000_000L], rows.Select(row => row.GetAs<long>("signs")));
        Assert.All(rows, row => Assert.True(row.GetAs<bool>("whole")));
        await queries.DropViewsAsync(views);

        string NewView()
        {
            views.Add($"parts_{Guid.NewGuid():N}");
            return views[^1];
        }
    }

    [Fact]
    public async Task Commands_run_once_and_answer_their_rows()
    {
        await using var spark = server.CreateExecutor();

        using var made = await spark.ExecuteAsync("CREATE TEMP VIEW numbers AS SELECT id FROM range(3)", cancellationToken: Cancel);
        using var shown = await spark.ExecuteAsync("SHOW VIEWS", cancellationToken: Cancel);

        Assert.Equal(0, made.RowCount);
        Assert.Contains("numbers", shown.GetColumn<string>("viewName"));
        var refused = await Assert.ThrowsAsync<SparkQueryException>(() => spark.DescribeAsync("CREATE TEMP VIEW more AS SELECT 1 AS x", cancellationToken: Cancel));
        Assert.Equal("PARSE_SYNTAX_ERROR", refused.ErrorClass);
        using var after = await spark.ExecuteAsync("SHOW VIEWS", cancellationToken: Cancel);
        Assert.DoesNotContain("more", after.GetColumn<string>("viewName"));
    }
}
