using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>As-of, entities and range plans on Spark against a plain loop over the same rows, on generated cases.</summary>
public sealed class PlanTests(SparkServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<int, bool> Seeds()
    {
        var seeds = new TheoryData<int, bool>();
        for (var seed = 0; seed < 24; seed++) seeds.Add(seed, seed % 4 == 3);
        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task As_of(int seed, bool orderedBySpark)
    {
        using var folder = new CaseFolder();
        var random = new Random(seed);
        await using var spark = server.CreateExecutor(rowsToOrderHere: orderedBySpark ? 0 : 1 << 20, mostRowsOfOneKey: seed % 3 == 0 ? 0 : 64);
        var keys = KeyShape.Pick(random);
        var spine = SpineCase.Generate(random, keys);
        var reads = new List<SourceCase>();
        for (var i = 0; i < 3; i++) reads.Add(await SourceCase.GenerateAsync(random, keys, folder));
        using var table = spine.ToTable();
        var plan = new AsOfPlan { Spine = table, TimeColumn = "__time", Reads = [.. reads.Select((read, i) => read.ToRead(i))] };

        using var answer = await CollectAsync(spark, plan, RetrievalPlanner.AnswerSchema(plan.Reads));

        for (var i = 0; i < reads.Count; i++)
        {
            var expected = spine.Rows.Select(reads[i].Answer).ToList();
            var name = i.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(expected.Select(row => row?.Id), answer.GetColumn<long?>($"id{name}"));
            Assert.Equal(expected.Select(row => row is null ? null : reads[i].TextOf(row)), answer.GetColumn<string?>($"text{name}"));
            Assert.Equal(expected.Select(row => row is null ? null : reads[i].VectorOf(row)), answer.GetColumn<float?[]?>($"vector{name}"));
            Assert.Equal(expected.Select(row => row is not null), answer.GetColumn<bool>($"matched{name}"));
            Assert.Equal(
                expected.Select(row => row is null || reads[i].IsStatic ? (DateTimeOffset?)null : UtcTime.ToDateTimeOffset(row.EventTime!.Value)),
                answer.GetColumn<DateTimeOffset?>($"time{name}"));
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(104)]
    [InlineData(105)]
    public async Task Entities_and_ranges(int seed)
    {
        using var folder = new CaseFolder();
        var random = new Random(seed);
        await using var spark = server.CreateExecutor();
        var keys = KeyShape.Two;
        var source = await SourceCase.GenerateAsync(random, keys, folder);
        var moment = SpineCase.Moment(random.Next(SpineCase.Moments));

        var entities = new EntitiesPlan { Rows = source.Rows, Keys = source.KeyOutputs, Moment = moment, Visibility = source.Rule };
        using var found = await CollectAsync(spark, entities, new Schema(source.KeyOutputs.Select(key => ArrowTypes.ToField(key.Name, key.Column.Type)), null));
        Assert.Equal(
            source.All.Where(row => row.HasKeys && source.Counts(row, moment)).Select(row => $"{row.First}|{row.Second}").Distinct().Order(StringComparer.Ordinal),
            found.GetColumn<long>("k0").Zip(found.GetColumn<string>("k1"), (first, second) => FormattableString.Invariant($"{first}|{second}")).Order(StringComparer.Ordinal));

        if (source.IsStatic) return;
        var (from, to) = (SpineCase.Moment(3), SpineCase.Moment(11));
        var range = new RangePlan { Rows = source.Rows, Keys = [.. source.KeyOutputs.Select(key => key.Column)], Outputs = [new PlanOutput(SourceCase.Id, "id")], From = from, To = to };
        using var rows = await CollectAsync(spark, range, new Schema([ArrowTypes.ToField("id", DataType.BigInt)], null));
        Assert.Equal(
            source.All.Where(row => row.EventTime >= from && row.EventTime < to)
                .OrderBy(row => row.First ?? long.MinValue).ThenBy(row => row.Second, StringComparer.Ordinal)
                .ThenBy(row => row.EventTime).ThenBy(row => row.CreatedTime).ThenBy(row => row.Sequence).Select(row => (long?)row.Id),
            rows.GetColumn<long?>("id"));
    }

    [Fact]
    public async Task A_spine_without_rows_a_source_without_rows_and_times_that_are_null()
    {
        await using var spark = server.CreateExecutor();
        var read = new AsOfRead
        {
            Rows = new SourceRows(new ParquetSource([]), new PlanColumn("t", DataType.Timestamp), null),
            Keys = [],
            Outputs = [new PlanOutput(SourceCase.Id, "id")],
            Visibility = new VisibilityRule(0, null, true, false),
            MatchOutput = "found",
        };
        using var empty = FeatureTable.FromColumns(("__time", System.Array.Empty<DateTimeOffset>()));
        using var timeless = FeatureTable.FromColumns(("__time", new DateTimeOffset?[] { null, null }));
        var schema = RetrievalPlanner.AnswerSchema([read]);

        using var none = await CollectAsync(spark, new AsOfPlan { Spine = empty, TimeColumn = "__time", Reads = [read] }, schema);
        using var nulls = await CollectAsync(spark, new AsOfPlan { Spine = timeless, TimeColumn = "__time", Reads = [read] }, schema);

        Assert.Equal(0, none.RowCount);
        Assert.Equal([null, null], nulls.GetColumn<long?>("id"));
        Assert.Equal([false, false], nulls.GetColumn<bool>("found"));
    }

    [Fact]
    public async Task Every_type_comes_back_from_files_as_it_was_written()
    {
        using var folder = new CaseFolder();
        await using var spark = server.CreateExecutor();
        DataType[] types =
        [
            DataType.Int, DataType.BigInt, DataType.Float, DataType.Double, DataType.Decimal(28, 9), DataType.String, DataType.Boolean, DataType.Timestamp, DataType.Date,
            DataType.Array(DataType.Decimal(9, 2)), DataType.Map(DataType.String, DataType.Timestamp), DataType.Struct(("A", DataType.Date), ("B", DataType.Array(DataType.String))),
        ];
        using var written = FeatureTable.FromColumns(
            ("t", new[] { DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch }),
            ("c0", new int?[] { int.MinValue, null }), ("c1", new long?[] { long.MinValue, null }), ("c2", new float?[] { -0f, null }), ("c3", new double?[] { double.NaN, null }),
            ("c4", new decimal?[] { -1234567890123456789.123456789m, null }), ("c5", new[] { "e\u0301😀\0'", null }), ("c6", new bool?[] { true, null }),
            ("c7", new DateTimeOffset?[] { new DateTimeOffset(1582, 10, 10, 1, 2, 3, TimeSpan.Zero).AddTicks(40), null }), ("c8", new DateOnly?[] { DateOnly.MinValue, null }),
            ("c9", new decimal?[]?[] { [1.5m, null], null }), ("c10", new Dictionary<string, DateTimeOffset?>?[] { new() { ["x"] = DateTimeOffset.UnixEpoch, ["y"] = null }, null }),
            ("c11", new Both?[] { new Both(DateOnly.MaxValue, ["q", null]), null }));
        var file = await folder.WriteAsync("types.parquet", written, types.Select((type, i) => new PlanColumn(Name(i), type)).Prepend(new PlanColumn("t", DataType.Timestamp)), 0);
        var plan = new RangePlan
        {
            Rows = new SourceRows(new ParquetSource([file]), new PlanColumn("t", DataType.Timestamp), null),
            Keys = [],
            Outputs = [.. types.Select((type, i) => new PlanOutput(new PlanColumn(Name(i), type), Name(i)))],
            From = UtcTime.MinValue,
            To = UtcTime.MaxValue,
        };

        var schema = new Schema(types.Select((type, i) => ArrowTypes.ToField(Name(i), type)), null);
        using var read = await CollectAsync(spark, plan, schema);

        Assert.Equal(2, read.RowCount);
        for (var i = 0; i < types.Length; i++)
        {
            Assert.Equal(types[i], read.GetColumnType(Name(i)));
            Specification.TableAssert.Equal([(Name(i), Values(written, i))], FeatureTable.FromArrow(
                new Schema([ArrowTypes.ToField(Name(i), types[i])], null), [new RecordBatch(new Schema([ArrowTypes.ToField(Name(i), types[i])], null), [read.Batches.Single(batch => batch.Length > 0).Column(i)], 2)]));
        }

        static string Name(int i) => FormattableString.Invariant($"c{i}");
        static System.Array Values(FeatureTable table, int i) => table.ToDictionary()[Name(i)];
    }

    [Fact]
    public async Task Paths_with_unusual_signs_are_read_as_they_are()
    {
        using var folder = new CaseFolder();
        await using var spark = server.CreateExecutor();
        var files = new List<ParquetSourceFile>();
        string[] names = ["a b.parquet", "c[1].parquet", "d%20e.parquet", "{f,g}.parquet", "h*.parquet", "plain.parquet"];
        for (var i = 0; i < names.Length; i++)
        {
            using var table = FeatureTable.FromColumns(("id", new[] { (long)i }), ("t", new[] { DateTimeOffset.UnixEpoch }));
            files.Add(await folder.WriteAsync(names[i], table, [SourceCase.Id, new PlanColumn("t", DataType.Timestamp)], i));
        }

        var plan = new RangePlan
        {
            Rows = new SourceRows(new ParquetSource(files), new PlanColumn("t", DataType.Timestamp), null), Keys = [], Outputs = [new PlanOutput(SourceCase.Id, "id")], From = 0, To = 1,
        };
        using var read = await CollectAsync(spark, plan, new Schema([ArrowTypes.ToField("id", DataType.BigInt)], null));

        Assert.Equal(Enumerable.Range(0, names.Length).Select(i => (long)i), read.GetColumn<long>("id"));
    }

    [Fact]
    public async Task Files_of_one_size_and_files_of_others_are_told_apart_and_keep_the_order_of_their_writing()
    {
        using var folder = new CaseFolder();
        await using var spark = server.CreateExecutor();
        var time = new PlanColumn("t", DataType.Timestamp);
        long[][] written = [[0], [1], [2, 3], [4], [5, 6, 7]];
        var files = new List<ParquetSourceFile>();
        foreach (var ids in written)
        {
            using var table = FeatureTable.FromColumns(("id", ids), ("k", ids.Select(_ => 7L).ToArray()), ("t", ids.Select(_ => DateTimeOffset.UnixEpoch).ToArray()));
            // By name, the last one would be the first.
            files.Add(await folder.WriteAsync(FormattableString.Invariant($"part-{9 - files.Count}.parquet"), table, [SourceCase.Id, new PlanColumn("k", DataType.BigInt), time], created: 0));
        }

        var rows = new SourceRows(new ParquetSource(files), time, null);
        var range = new RangePlan { Rows = rows, Keys = [new PlanColumn("k", DataType.BigInt)], Outputs = [new PlanOutput(SourceCase.Id, "id")], From = 0, To = 1 };
        using var spine = FeatureTable.FromColumns(("k", new[] { 7L }), ("__time", new[] { DateTimeOffset.UnixEpoch }));
        var read = new AsOfRead
        {
            Rows = rows, Keys = [new KeyMatch("k", range.Keys[0], DataType.BigInt)], Outputs = range.Outputs, Visibility = new VisibilityRule(0, null, true, false),
        };
        var schema = new Schema([ArrowTypes.ToField("id", DataType.BigInt)], null);

        using var inOrder = await CollectAsync(spark, range, schema);
        using var last = await CollectAsync(spark, new AsOfPlan { Spine = spine, TimeColumn = "__time", Reads = [read] }, schema);

        Assert.Equal([3, 1, 1], files.GroupBy(file => file.Size).Select(alike => alike.Count()));
        Assert.Equal(written.SelectMany(ids => ids), inOrder.GetColumn<long>("id"));
        Assert.Equal([7], last.GetColumn<long>("id"));
    }

    private static async Task<FeatureTable> CollectAsync(IPlanExecutor spark, RetrievalPlan plan, Schema schema)
    {
        var batches = new List<RecordBatch>();
        await foreach (var batch in spark.RunAsync(plan, Cancel))
        {
            Assert.Equal(schema.FieldsList.Select(field => field.Name), batch.Schema.FieldsList.Select(field => field.Name));
            batches.Add(batch);
        }

        return FeatureTable.FromArrow(schema, batches);
    }

    private sealed record Both(DateOnly? A, string?[]? B);
}
