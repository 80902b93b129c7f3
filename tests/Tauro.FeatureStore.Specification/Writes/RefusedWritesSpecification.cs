using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Types;
using Array = System.Array;

namespace Tauro.FeatureStore.Specification;

/// <summary>What a write refuses, whole, with column, row and rule: rules 26 and 27.</summary>
public abstract class RefusedWritesSpecification(TestStore test) : WritesSpecification(test)
{
    private static FeatureGroupSchema Wide { get; } = new("wide")
    {
        EntityKeys = [new EntityKey("id", DataType.Int)],
        TimestampKey = "event_time",
        Features =
        [
            new FeatureSchema("needed", DataType.Int) { Nullable = false },
            new FeatureSchema("price", DataType.Decimal(6, 2)),
            new FeatureSchema("vector", DataType.Array(DataType.Float)) { VectorLength = 3 },
            new FeatureSchema("seen", DataType.Timestamp),
        ],
    };

    [Fact]
    public Task An_unknown_column_is_refused() =>
        RefusesAsync(Good("extra", Ints(1, 2, 3)), column: "extra", row: null, "unknown", "extra");

    [Fact]
    public Task A_missing_key_is_refused() =>
        RefusesAsync(Without("id"), column: "id", row: null, "id");

    [Fact]
    public Task A_missing_event_time_is_refused() =>
        RefusesAsync(Without("event_time"), column: "event_time", row: null, "event_time");

    [Fact]
    public Task A_missing_column_of_a_feature_that_must_not_be_null_is_refused() =>
        RefusesAsync(Without("needed"), column: "needed", row: null, "needed");

    [Fact]
    public Task A_null_key_is_refused() =>
        RefusesAsync(Good("id", Ints(1, 2, null)), column: "id", row: 2, "null");

    [Fact]
    public Task A_null_event_time_is_refused() =>
        RefusesAsync(Good("event_time", Times(Hour(1), null, Hour(3))), column: "event_time", row: 1, "null");

    [Fact]
    public Task Null_in_a_feature_that_must_not_be_null_is_refused() =>
        RefusesAsync(Good("needed", Ints(null, 2, 3)), column: "needed", row: 0, "null");

    [Fact]
    public Task A_wrong_type_is_refused() =>
        RefusesAsync(Good("needed", Texts("1", "2", "3")), column: "needed", row: null, "INT");

    [Fact]
    public Task A_wrong_type_of_the_event_time_is_refused() =>
        RefusesAsync(Good("event_time", Longs(1, 2, 3)), column: "event_time", row: null, "TIMESTAMP");

    [Fact]
    public Task A_whole_number_that_overflows_is_refused() =>
        RefusesAsync(Good("needed", Longs(1, int.MaxValue + 1L, 3)), column: "needed", row: 1, "INT");

    [Fact]
    public Task A_key_that_overflows_is_refused() =>
        RefusesAsync(Good("id", Longs(int.MinValue - 1L, 2, 3)), column: "id", row: 0, "INT");

    [Fact]
    public Task A_decimal_with_more_digits_before_the_point_is_refused() =>
        RefusesAsync(Good("price", Decimals(1m, null, 10_000m)), column: "price", row: 2, "DECIMAL(6,2)");

    [Fact]
    public Task A_decimal_with_more_digits_after_the_point_is_refused() =>
        RefusesAsync(Good("price", Decimals(1m, 0.125m, 2m)), column: "price", row: 1, "DECIMAL(6,2)");

    [Fact]
    public Task A_vector_that_is_too_short_is_refused() =>
        RefusesAsync(Good("vector", new float?[]?[] { [1, 2, 3], null, [1, 2] }), column: "vector", row: 2, "3");

    [Fact]
    public Task A_vector_that_is_too_long_is_refused() =>
        RefusesAsync(Good("vector", new float?[]?[] { [1, 2, 3], [1, 2, 3, 4], null }), column: "vector", row: 1, "3");

    [Fact]
    public Task An_empty_vector_is_refused() =>
        RefusesAsync(Good("vector", new float?[]?[] { [], null, null }), column: "vector", row: 0, "3");

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(253_402_300_800_000_000)]
    [InlineData(-62_135_596_800_000_001)]
    public async Task Infinite_and_out_of_range_timestamps_are_refused(long microseconds)
    {
        await RefusesTimestampsAsync("event_time", TimeUnit.Microsecond, microseconds);
        await RefusesTimestampsAsync("seen", TimeUnit.Microsecond, microseconds);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(9_300_000_000_000)]
    public Task Seconds_that_overflow_are_refused(long seconds) => RefusesTimestampsAsync("event_time", TimeUnit.Second, seconds);

    [Fact]
    public async Task A_null_created_time_is_refused()
    {
        await RegisterAsync(UsersFromElsewhere);

        var refused = await RefusesWriteAsync<SchemaValidationException>(
            "users", ("user_id", Longs(1, 2)), ("event_time", Times(Hour(1), Hour(1))), ("created_time", Times(Hour(1), null)), ("age", Ints(1, 2)));

        Assert.Equal(("created_time", 1), (refused.Column, refused.Row));
        Assert.Contains("null", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_missing_created_time_is_refused()
    {
        await RegisterAsync(UsersFromElsewhere);

        var refused = await RefusesWriteAsync<SchemaValidationException>("users", ("user_id", Longs(1)), ("event_time", Times(Hour(1))), ("age", Ints(1)));

        Assert.Equal("created_time", refused.Column);
    }

    [Fact]
    public async Task A_null_in_one_key_of_several_is_refused()
    {
        await RegisterAsync(SampleGroups.Pairs(DataType.Int, DataType.String));

        var refused = await RefusesWriteAsync<SchemaValidationException>(
            "pairs", ("a", Ints(1, 2)), ("b", Texts("x", null)), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("1", "2")));

        Assert.Equal(("b", 1), (refused.Column, refused.Row));
    }

    [Fact]
    public async Task Columns_of_different_lengths_are_refused()
    {
        await RegisterAsync(Users);

        var refused = await Assert.ThrowsAsync<SchemaValidationException>(() => Store.WriteFeaturesAsync(
            "users", new Dictionary<string, Array> { ["user_id"] = Longs(1, 2), ["event_time"] = Times(Hour(1), Hour(1)), ["age"] = Ints(1) }, cancellationToken: Cancel));

        Assert.Equal("age", refused.Column);
        await ExpectAllUsersAsync();
    }

    [Fact]
    public async Task An_overwrite_that_is_refused_leaves_the_old_rows()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await Assert.ThrowsAsync<SchemaValidationException>(() => WriteAsync(
            WriteMode.Overwrite, "users", ("user_id", Longs(2, null)), ("event_time", Times(Hour(1), Hour(1))), ("age", Ints(1, 2))));

        await ExpectAllUsersAsync((1, Hour(1), 31, "Oslo"));
    }

    [Fact]
    public async Task A_write_that_is_cancelled_writes_nothing()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        using var rows = FeatureTable.FromColumns(("user_id", Longs(2)), ("event_time", Times(Hour(1))), ("age", Ints(41)));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteFeaturesAsync("users", rows, cancellationToken: new CancellationToken(canceled: true)));

        await ExpectAllUsersAsync((1, Hour(1), 31, "Oslo"));
        await WriteUsersAsync((3, Hour(1), 51, "Bern"));
        await ExpectAllUsersAsync((1, Hour(1), 31, "Oslo"), (3, Hour(1), 51, "Bern"));
    }

    [Fact]
    public async Task Writers_at_the_same_time_lose_nothing()
    {
        await RegisterAsync(Users);
        var other = Test.OpenAnother();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? Store : other).WriteFeaturesAsync(
            "users", new Dictionary<string, Array> { ["user_id"] = Longs(i), ["event_time"] = Times(Hour(1)), ["age"] = Ints(i) }, cancellationToken: Cancel)));

        await ExpectAllUsersAsync([.. Enumerable.Range(0, 10).Select(i => ((long)i, Hour(1), (int?)i, (string?)null))]);
    }

    [Fact]
    public async Task A_group_that_is_not_registered_is_refused()
    {
        await Assert.ThrowsAsync<FeatureGroupNotFoundException>(() => WriteUsersAsync((1, Hour(1), 31, "Oslo")));
        await RegisterAsync(Users);
        await Assert.ThrowsAsync<FeatureGroupNotFoundException>(() => WriteAsync("users@2", ("user_id", Longs(1)), ("event_time", Times(Hour(1)))));
    }

    private static Columns Rows => Columns(("id", Ints(1, 2, 3)), ("event_time", Times(Hour(1), Hour(2), Hour(3))), ("needed", Ints(1, 2, 3)));

    private static Columns Columns(params Columns columns) => columns;

    /// <summary>Three good rows, but for one column.</summary>
    private static Columns Good(string column, Array values) => [.. Without(column), (column, values)];

    private static Columns Without(string column) => [.. Rows.Where(known => known.Name != column)];

    private async Task RefusesAsync(Columns rows, string column, long? row, params string[] words)
    {
        await RegisterAsync(Wide);
        await WriteAsync("wide", ("id", Ints(7)), ("event_time", Times(Hour(1))), ("needed", Ints(7)));

        var refused = await RefusesWriteAsync<SchemaValidationException>("wide", rows);

        await ExpectRefusalAsync(refused, column, row, words);
    }

    private async Task RefusesTimestampsAsync(string column, TimeUnit unit, long value)
    {
        await RegisterAsync(Wide);
        await WriteAsync(WriteMode.Overwrite, "wide", ("id", Ints(7)), ("event_time", Times(Hour(1))), ("needed", Ints(7)));
        using var good = FeatureTable.FromColumns([.. Rows.Select(known => (known.Name, FirstTwo(known.Values)))]);
        var ticks = new ArrowBuffer.Builder<long>().Append(0).Append(value).Build();
        IArrowArray times = new TimestampArray(new TimestampType(unit, "UTC"), ticks, ArrowBuffer.Empty, length: 2, nullCount: 0, offset: 0);
        var others = good.ColumnNames.Select((name, i) => (Name: name, Values: good.Batches[0].Column(i))).Where(known => known.Name != column);
        var columns = others.Append((Name: column, Values: times)).ToArray();
        var schema = new Schema(columns.Select(known => new Field(known.Name, known.Values.Data.DataType, nullable: true)), null);
        using var rows = FeatureTable.FromArrow(new RecordBatch(schema, columns.Select(known => known.Values), 2));

        var refused = await Assert.ThrowsAsync<SchemaValidationException>(() => Test.WriteAsync("wide", rows, WriteMode.Append, Cancel));

        await ExpectRefusalAsync(refused, column, row: 1);
    }

    private async Task ExpectRefusalAsync(SchemaValidationException refused, string column, long? row, params string[] words)
    {
        Assert.Equal((column, row), (refused.Column, refused.Row));
        Assert.Contains(column, refused.Message, StringComparison.Ordinal);
        if (row is not null) Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"row {row}"), refused.Message, StringComparison.OrdinalIgnoreCase);
        foreach (var word in words) Assert.Contains(word, refused.Message, StringComparison.OrdinalIgnoreCase);

        Columns untouched = [("id", Ints(7)), ("event_time", Times(Hour(1))), ("needed", Ints(7))];
        await ExpectRangeAsync(["needed"], DateTimeOffset.MinValue, DateTimeOffset.MaxValue, untouched);
        await WriteAsync("wide", ("id", Ints(8)), ("event_time", Times(Hour(1))), ("needed", Ints(8)));
        await ExpectRangeAsync(
            ["needed"], DateTimeOffset.MinValue, DateTimeOffset.MaxValue, [("id", Ints(7, 8)), ("event_time", Times(Hour(1), Hour(1))), ("needed", Ints(7, 8))]);
    }

    private static Array FirstTwo(Array values)
    {
        var two = Array.CreateInstance(values.GetType().GetElementType()!, 2);
        Array.Copy(values, two, 2);
        return two;
    }
}
