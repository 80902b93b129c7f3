using System.Globalization;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>The rules of as-of plans, one by one.</summary>
public sealed class AsOfPlanTests : IAsyncDisposable
{
    private readonly DuckDBQueryExecutor _executor = new();
    private readonly Facts _facts = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _executor.DisposeAsync();
        _facts.Dispose();
    }

    [Fact]
    public async Task Thousands_of_ties_go_to_the_last_written_row_every_time()
    {
        var files = _facts.Files(Enumerable.Range(0, 60_000).Select(i => new Fact(i, i % 7, Event: 0, Created: 0, File: i / 20_000)));
        var spine = _facts.Spine(Enumerable.Range(0, 10_000).Select(i => new Wanted(i % 7, 5)));
        var expected = Enumerable.Range(0, 10_000).Select(i => (long?)Enumerable.Range(59_993, 7).Single(id => id % 7 == i % 7)).ToArray();
        for (var run = 0; run < 5; run++)
            Assert.Equal(expected, await _executor.IdsAsync(Reads.Plan(spine, Reads.Of(new SourceRows(files, Reads.Happened, null)))));
    }

    [Fact]
    public async Task The_spine_comes_back_in_its_order_whatever_its_batches()
    {
        var source = _facts.Table(Enumerable.Range(0, 1000).Select(i => new Fact(i, i)));
        var random = new Random(1);
        Wanted[] wanted = [.. Enumerable.Range(0, 200_000).Select(_ => new Wanted(random.Next(1000), 0))];
        var batches = wanted.Chunk(777).Select(chunk => _facts.Spine(chunk).Batches[0]).ToArray();
        var spine = FeatureTable.FromArrow(batches[0].Schema, batches);
        var ids = await _executor.IdsAsync(Reads.Plan(spine, Reads.Of(new SourceRows(source, Reads.Happened, null))));
        Assert.Equal(wanted.Select(row => row.Key), ids);
    }

    [Fact]
    public async Task Composite_keys_compare_column_by_column()
    {
        var source = new TableSource(_facts.Own(FeatureTable.FromColumns(
            ("a", new long?[] { 1, 12, 1, null }), ("b", new[] { "23", "3", "B", "b" }), ("c", new[] { true, true, false, false }), ("id", new long[] { 1, 2, 3, 4 }))));
        var spine = _facts.Own(FeatureTable.FromColumns(
            ("a", new long?[] { 12, 1, 1, 1, null }), ("b", new string?[] { "3", "23", "b", null, "b" }), ("c", new[] { true, true, false, false, false }),
            ("moment", Enumerable.Repeat(Facts.Start, 5).ToArray())));
        var plan = Reads.Plan(spine, new AsOfRead
        {
            Rows = new SourceRows(source, null, null),
            Keys = [new("a", new("a", DataType.BigInt), DataType.BigInt), new("b", new("b", DataType.String), DataType.String), new("c", new("c", DataType.Boolean), DataType.Boolean)],
            Outputs = [new PlanOutput(Reads.Id, "id")],
            Visibility = Reads.Any,
        });
        Assert.Equal([2, 1, null, null, null], await _executor.IdsAsync(plan));
    }

    [Fact]
    public async Task Keys_of_every_type_are_found()
    {
        (DataType Type, string Sql, Array Values)[] keys =
        [
            (DataType.Int, "7::INTEGER", new[] { 7 }),
            (DataType.BigInt, "7::BIGINT", new[] { 7L }),
            (DataType.String, "'ä'", new[] { "ä" }),
            (DataType.Boolean, "true", new[] { true }),
            (DataType.Date, "DATE '0001-01-01'", new[] { DateOnly.MinValue }),
            (DataType.Timestamp, "TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'", new[] { new DateTimeOffset(DateTime.MaxValue.Ticks, TimeSpan.Zero) }),
            (DataType.Decimal(5, 2), "1.50::DECIMAL(5,2)", new[] { 1.50m }),
        ];
        foreach (var (type, sql, values) in keys)
        {
            var path = _facts.Write($"SELECT {sql} AS k, 1::BIGINT AS id");
            var rows = new SourceRows(new ParquetSource([new(path, 1, 0, 0)]), null, null);
            var spine = _facts.Own(FeatureTable.FromColumns(("k", type.Kind == DataTypeKind.Decimal ? Decimals(values) : values), ("moment", new[] { Facts.Start })));
            var column = new PlanColumn("k", type);
            var read = new AsOfRead { Rows = rows, Keys = [new("k", column, type)], Outputs = [new(Reads.Id, "id")], Visibility = Reads.Any };
            Assert.True(await _executor.IdsAsync(Reads.Plan(spine, read)) is [1], type.ToString());
        }

        static Array Decimals(Array values) => values;
    }

    [Theory]
    [InlineData("0001-01-01 00:00:00")]
    [InlineData("1969-12-31 23:59:59.999999")]
    [InlineData("2024-03-31 01:00:00")]
    [InlineData("9999-12-31 23:59:59.999999")]
    public async Task Extreme_times_and_spans_do_not_overflow(string text)
    {
        var time = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var path = _facts.Write($"SELECT 1::BIGINT AS key, TIMESTAMPTZ '{text}+00' AS happened, 1::BIGINT AS id");
        var rows = new SourceRows(new ParquetSource([new(path, 1, 0, 0)]), Reads.Happened, null);
        var spine = _facts.Own(FeatureTable.FromColumns(("key", new long[] { 1 }), ("moment", new[] { time })));
        foreach (var lookback in (long?[])[null, 1, TimeSpan.MaxValue.Ticks / 10])
            Assert.Equal([1], await _executor.IdsAsync(Reads.Plan(spine, Reads.Of(rows, Reads.Any with { Lookback = lookback }))));
        Assert.Equal([null], await _executor.IdsAsync(Reads.Plan(spine, Reads.Of(rows, Reads.Any with { Delay = TimeSpan.MaxValue.Ticks / 10 }))));
        Assert.Equal([null], await _executor.IdsAsync(Reads.Plan(spine, Reads.Of(rows, Reads.Any with { AllowExactMatches = false }))));
        using var answer = await _executor.AnswerAsync(Reads.Plan(spine, Reads.Of(rows)));
        Assert.Equal([time], answer.GetColumn<DateTimeOffset?>("g__event_time"));
    }

    [Fact]
    public async Task A_date_is_midnight_in_UTC()
    {
        var path = _facts.Write("SELECT 1::BIGINT AS key, DATE '2024-03-31' AS happened, 1::BIGINT AS id");
        var rows = new SourceRows(new ParquetSource([new(path, 1, 0, 0)]), new PlanColumn("happened", DataType.Date), null);
        var midnight = new DateTimeOffset(2024, 3, 31, 0, 0, 0, TimeSpan.Zero);
        var spine = _facts.Own(FeatureTable.FromColumns(("key", new long[] { 1, 1 }), ("moment", new[] { midnight.AddMicroseconds(-1), midnight })));
        Assert.Equal([null, 1], await _executor.IdsAsync(Reads.Plan(spine, Reads.Of(rows))));
        Assert.Equal([null, null], await _executor.IdsAsync(Reads.Plan(spine, Reads.Of(rows, Reads.Any with { Delay = 86_400_000_000 }))));
    }

    [Fact]
    public async Task Times_of_every_unit_are_brought_to_microseconds()
    {
        foreach (var (type, text, micros) in ((string, string, long)[])
            [("TIMESTAMP", "1969-12-31 23:59:59.999999", -1), ("TIMESTAMP_NS", "1969-12-31 23:59:59.999998500", -2), ("TIMESTAMP_MS", "1969-12-31 23:59:59.999", -1000)])
        {
            var path = _facts.Write($"SELECT 1::BIGINT AS key, {type} '{text}' AS happened, 1::BIGINT AS id");
            var rows = new SourceRows(new ParquetSource([new(path, 1, 0, 0)]), Reads.Happened, null);
            var spine = _facts.Own(FeatureTable.FromColumns(("key", new long[] { 1 }), ("moment", new[] { DateTimeOffset.UnixEpoch })));
            using var answer = await _executor.AnswerAsync(Reads.Plan(spine, Reads.Of(rows) with { Outputs = [new(Reads.Happened, "id")] }));
            Assert.Equal([DateTimeOffset.UnixEpoch.AddMicroseconds(micros)], answer.GetColumn<DateTimeOffset?>("g__event_time"));
            Assert.Equal([DateTimeOffset.UnixEpoch.AddMicroseconds(micros)], answer.GetColumn<DateTimeOffset?>("id"));
        }
    }

    [Fact]
    public async Task A_row_with_null_is_an_answer_and_skipping_nulls_is_a_read_of_its_own()
    {
        var rows = new SourceRows(_facts.Table([new(1, 1, 1), new(3, 1, 2)]), Reads.Happened, null);
        var spine = _facts.Spine([new(1, 5)]);
        var read = Reads.Of(rows) with { Outputs = [new(Reads.Optional, "latest")], EventTimeOutput = null, MatchOutput = "matched" };
        var skipping = read with { Outputs = [new(Reads.Optional, "not_null")], NotNull = Reads.Optional, MatchOutput = null };
        using var answer = await _executor.AnswerAsync(Reads.Plan(spine, read, skipping));
        Assert.Equal(["latest", "matched", "not_null"], answer.ColumnNames);
        Assert.Equal([null], answer.GetColumn<long?>("latest"));
        Assert.Equal([true], answer.GetColumn<bool>("matched"));
        Assert.Equal([1], answer.GetColumn<long?>("not_null"));
    }

    [Fact]
    public async Task Columns_that_files_lack_are_null_of_their_types()
    {
        var older = _facts.Write("SELECT 1::BIGINT AS key, make_timestamptz(0) AS happened, 1::BIGINT AS id");
        var newer = _facts.Write("SELECT 2::BIGINT AS key, make_timestamptz(0) AS happened, 2::BIGINT AS id, [1.5::FLOAT, NULL] AS embedding");
        var rows = new SourceRows(new ParquetSource([new(older, 1, 0, 0), new(newer, 1, 0, 1)]), Reads.Happened, null);
        DataType[] types = [DataType.Decimal(9, 2), DataType.Map(DataType.String, DataType.Array(DataType.Timestamp)), DataType.Struct(("a", DataType.Date), ("b", DataType.Boolean))];
        var read = Reads.Of(rows) with
        {
            Outputs = [new(new("embedding", DataType.Array(DataType.Float)), "embedding"), .. types.Select((type, i) => new PlanOutput(new($"missing{i}", type), $"missing{i}"))],
        };
        using var answer = await _executor.AnswerAsync(Reads.Plan(_facts.Spine([new(1, 0), new(2, 0)]), read));
        Assert.Equal([null, [1.5f, null]], answer.GetColumn<float?[]?>("embedding"));
        for (var i = 0; i < types.Length; i++)
        {
            Assert.Equal(types[i], answer.GetColumnType($"missing{i}"));
            Assert.Equal(2, answer.Batches[0].Column(1 + i).NullCount);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Empty_sources_and_spines_give_typed_columns(bool parquet)
    {
        PlanSource source = parquet ? new ParquetSource([]) : _facts.Table([]);
        var read = Reads.Of(new SourceRows(source, Reads.Happened, null), Reads.Any with { KnownAsOf = true, Lookback = 1 });
        foreach (var spine in (FeatureTable[])[_facts.Spine([new(1, 0), new(null, null)]), _facts.Spine([])])
        {
            using var answer = await _executor.AnswerAsync(Reads.Plan(spine, read));
            Assert.Equal(new long?[spine.RowCount], answer.GetColumn<long?>("id"));
            Assert.Equal(new DateTimeOffset?[spine.RowCount], answer.GetColumn<DateTimeOffset?>("g__event_time"));
            Assert.Equal(new bool[spine.RowCount], answer.GetColumn<bool>("g__matched"));
        }
    }

    [Fact]
    public async Task Values_of_every_type_come_back_as_they_are()
    {
        const string Values = """
            SELECT 1::BIGINT AS key, -1::INTEGER AS c0, 9::BIGINT AS c1, 0.5::FLOAT AS c2, 'NaN'::DOUBLE AS c3, 12345678901234567890.12345678::DECIMAL(28,8) AS c4,
              'a' || chr(0) || 'ä😀' AS c5, true AS c6, TIMESTAMPTZ '0001-01-01 00:00:00+00' AS c7, DATE '9999-12-31' AS c8,
              [['a', NULL], NULL, []] AS c9, MAP {'k': {'d': 1.5::DECIMAL(4,2), 't': [TIMESTAMPTZ '2024-01-01 00:00:00+00']}} AS c10
            """;
        DataType[] types =
        [
            DataType.Int, DataType.BigInt, DataType.Float, DataType.Double, DataType.Decimal(28, 8), DataType.String, DataType.Boolean, DataType.Timestamp, DataType.Date,
            DataType.Array(DataType.Array(DataType.String)), DataType.Map(DataType.String, DataType.Struct(("d", DataType.Decimal(4, 2)), ("t", DataType.Array(DataType.Timestamp)))),
        ];
        var rows = new SourceRows(new ParquetSource([new(_facts.Write(Values), 1, 0, 0)]), null, null);
        var read = Reads.Of(rows) with { Outputs = [.. types.Select((type, i) => new PlanOutput(new($"c{i}", type), $"c{i}"))] };
        var spine = _facts.Spine(Enumerable.Range(0, 70_000).Select(i => new Wanted(i % 2 + 1, 0)));
        using var answer = await _executor.AnswerAsync(Reads.Plan(spine, read));
        for (var i = 0; i < types.Length; i++)
        {
            Assert.Equal(types[i], answer.GetColumnType($"c{i}"));
            Assert.Equal(35_000, answer.Batches.Sum(batch => batch.Column(i).NullCount));
        }

        Assert.Equal(12345678901234567890.12345678m, answer.GetColumn<decimal?>("c4")[69_998]);
        Assert.Equal("a\0ä😀", answer.GetColumn<string?>("c5")[69_998]);
        Assert.Equal(DateTimeOffset.MinValue, answer.GetColumn<DateTimeOffset?>("c7")[69_998]);
        Assert.Equal([["a", null], null, []], answer.GetColumn<string?[]?[]?>("c9")[69_998]!);
    }

    [Fact]
    public async Task Folders_and_names_that_look_like_patterns_or_partitions_are_plain()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_facts.Folder, "key=5", "[a-z]*?"));
        var path = Path.Combine(folder.FullName, "it's [1]*.parquet");
        File.Copy(_facts.Write("SELECT 1::BIGINT AS key, 7::BIGINT AS id"), path);
        var rows = new SourceRows(new ParquetSource([new(path, 1, 0, 0)]), null, null);
        Assert.Equal([7, null], await _executor.IdsAsync(Reads.Plan(_facts.Spine([new(1, 0), new(5, 0)]), Reads.Of(rows))));
    }

    [Fact]
    public async Task A_missing_file_is_an_error_that_shows_what_was_run()
    {
        var rows = new SourceRows(new ParquetSource([new(Path.Combine(_facts.Folder, "gone.parquet"), 1, 0, 0)]), null, null);
        var error = await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.IdsAsync(Reads.Plan(_facts.Spine([new(1, 0)]), Reads.Of(rows))));
        Assert.Contains("gone.parquet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_requests_at_once_answer_alike()
    {
        var files = _facts.Files(Enumerable.Range(0, 5000).Select(i => new Fact(i, i % 50, i)));
        var spine = _facts.Spine(Enumerable.Range(0, 5000).Select(i => new Wanted(i % 50, i)));
        var plan = Reads.Plan(spine, Reads.Of(new SourceRows(files, Reads.Happened, null)));
        var expected = await _executor.IdsAsync(plan);
        await Parallel.ForEachAsync(Enumerable.Range(0, 24), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (_, _) =>
            Assert.Equal(expected, await _executor.IdsAsync(plan)));
    }
}
