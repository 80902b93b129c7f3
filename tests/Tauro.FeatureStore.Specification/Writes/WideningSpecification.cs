namespace Tauro.FeatureStore.Specification;

/// <summary>Which other types a write accepts: those whose values all stay exact. Rule 28.</summary>
public abstract class WideningSpecification(TestStore test) : WritesSpecification(test)
{
    [Fact]
    public Task Int_widens_to_bigint() => WidensAsync(DataType.BigInt, Ints(1, null, int.MinValue), Longs(1, null, int.MinValue));

    [Fact]
    public Task Int_widens_to_double() => WidensAsync(DataType.Double, Ints(1, null, int.MaxValue), Doubles(1, null, int.MaxValue));

    [Fact]
    public Task Int_widens_to_decimal() => WidensAsync(DataType.Decimal(6, 2), Ints(1, null, -9999), Decimals(1m, null, -9999m));

    [Fact]
    public Task Bigint_is_an_int_where_it_fits() => WidensAsync(DataType.Int, Longs(1, null, int.MinValue), Ints(1, null, int.MinValue));

    [Fact]
    public Task Float_widens_to_double() => WidensAsync(DataType.Double, Floats(0.1f, null, float.MaxValue), Doubles(0.1f, null, float.MaxValue));

    [Fact]
    public Task Date_widens_to_timestamp() =>
        WidensAsync(DataType.Timestamp, Dates(DateOf(2), null, DateOnly.MinValue), Times(Day(2), null, DateTimeOffset.MinValue));

    [Fact]
    public Task A_decimal_widens_to_more_digits() => WidensAsync(DataType.Decimal(28, 4), Decimals(1.5m, null, -0.25m), Decimals(1.5m, null, -0.25m));

    [Fact]
    public Task Zeros_after_the_point_are_no_digits() => WidensAsync(DataType.Decimal(6, 2), Decimals(1.500000m, null, 2m), Decimals(1.5m, null, 2m));

    [Fact]
    public Task Small_whole_numbers_widen_to_int() => WidensAsync(DataType.Int, new short?[] { 1, null, short.MinValue }, Ints(1, null, short.MinValue));

    [Fact]
    public Task Elements_widen_with_their_array() =>
        WidensAsync(DataType.Array(DataType.BigInt), new int?[]?[] { [1, null], null, [] }, new long?[]?[] { [1, null], null, [] });

    [Fact]
    public Task Elements_that_are_single_widen_to_double() =>
        WidensAsync(DataType.Array(DataType.Double), new float[]?[] { [0.1f], null, [] }, new double?[]?[] { [0.1f], null, [] });

    [Fact]
    public Task A_whole_number_that_a_double_cannot_hold_is_refused() => RefusesAsync(DataType.Double, Longs(1, (1L << 53) + 1, null), row: 1);

    [Fact]
    public Task A_whole_number_that_a_float_cannot_hold_is_refused() => RefusesAsync(DataType.Float, Ints(1, 2, (1 << 24) + 1), row: 2);

    [Fact]
    public Task A_whole_number_that_a_decimal_cannot_hold_is_refused() => RefusesAsync(DataType.Decimal(6, 2), Ints(10_000, 1, 2), row: 0);

    [Fact]
    public Task Double_is_not_narrowed_to_float() => RefusesAsync(DataType.Float, Doubles(0.1, 1, 2), row: null);

    [Fact]
    public Task Double_is_not_rounded_to_int() => RefusesAsync(DataType.Int, Doubles(1.5, 1, 2), row: null);

    [Fact]
    public Task Double_is_no_decimal() => RefusesAsync(DataType.Decimal(6, 2), Doubles(1.5, 1, 2), row: null);

    [Fact]
    public Task Decimal_is_no_double() => RefusesAsync(DataType.Double, Decimals(1.5m, 1, 2), row: null);

    [Fact]
    public Task Timestamp_is_not_cut_to_date() => RefusesAsync(DataType.Date, Times(Day(1), Day(2), Hour(1)), row: null);

    [Fact]
    public Task Text_is_no_number() => RefusesAsync(DataType.Int, Texts("1", "2", "3"), row: null);

    [Fact]
    public Task A_number_is_no_text() => RefusesAsync(DataType.String, Ints(1, 2, 3), row: null);

    [Fact]
    public Task A_number_is_no_boolean() => RefusesAsync(DataType.Boolean, Ints(0, 1, 1), row: null);

    [Fact]
    public Task A_boolean_is_no_number() => RefusesAsync(DataType.Int, Booleans(true, false, null), row: null);

    [Fact]
    public Task A_value_is_no_array() => RefusesAsync(DataType.Array(DataType.Int), Ints(1, 2, 3), row: null);

    [Fact]
    public Task An_element_that_does_not_fit_is_refused() =>
        RefusesAsync(DataType.Array(DataType.Int), new long?[]?[] { [1, 2], null, [3, long.MaxValue] }, row: 2);

    [Fact]
    public async Task Days_widen_to_the_event_time()
    {
        await RegisterAsync(Users);
        await WriteAsync("users", ("user_id", Longs(1)), ("event_time", Dates(DateOf(2))), ("age", Ints(31)));

        await ExpectUsersAsync((1, Day(2) - Microsecond, null, null), (1, Day(2), 31, null));
    }

    [Fact]
    public async Task Timestamps_are_not_cut_to_the_day_of_an_event()
    {
        await RegisterAsync(SampleGroups.Rates with { TimestampType = DataType.Date });

        var refused = await RefusesWriteAsync<SchemaValidationException>("rates", ("event_time", Times(Day(1))), ("rate", Doubles(0.1)));

        Assert.Equal("event_time", refused.Column);
    }

    [Fact]
    public async Task Keys_widen()
    {
        await RegisterAsync(Users);
        await WriteAsync("users", ("user_id", Ints(1)), ("event_time", Times(Hour(1))), ("age", Ints(31)));

        await ExpectAllUsersAsync((1, Hour(1), 31, null));
    }

    private static FeatureGroupSchema Holding(DataType type) => new("holding")
    {
        EntityKeys = [new EntityKey("id", DataType.Int)],
        TimestampKey = "event_time",
        Features = [new FeatureSchema("value", type)],
    };

    private async Task WidensAsync(DataType type, Array written, Array read)
    {
        await RegisterAsync(Holding(type));
        await WriteAsync("holding", ("id", Ints(1, 2, 3)), ("event_time", Times(Hour(1), Hour(1), Hour(1))), ("value", written));

        await ExpectLatestAsync(["value"], [("id", Ints(1, 2, 3))], [("value", read)]);
    }

    private async Task RefusesAsync(DataType type, Array written, long? row)
    {
        await RegisterAsync(Holding(type));

        var refused = await RefusesWriteAsync<SchemaValidationException>("holding", ("id", Ints(1, 2, 3)), ("event_time", Times(Hour(1), Hour(1), Hour(1))), ("value", written));

        Assert.Equal(("value", row), (refused.Column, refused.Row));
        Assert.Contains("value", refused.Message, StringComparison.Ordinal);
        await ExpectEveryEntityAsync(["holding.value"], [("id", Ints()), ("value", Nothing(type))]);
    }

    private static Array Nothing(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => Ints(),
        DataTypeKind.Float => Floats(),
        DataTypeKind.Double => Doubles(),
        DataTypeKind.Decimal => Decimals(),
        DataTypeKind.String => Texts(),
        DataTypeKind.Boolean => Booleans(),
        DataTypeKind.Date => Dates(),
        _ => Array.Empty<int?[]>(),
    };
}
