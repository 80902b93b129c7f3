namespace Tauro.FeatureStore.Specification;

/// <summary>All rows of a group in a range of event times: rule 21.</summary>
public abstract class RangeSpecification(TestStore test) : UsersSpecification(test)
{
    [Fact]
    public async Task All_rows_come_ordered_by_key_event_time_and_write()
    {
        NeedsWriteSequence();
        await RegisterAsync(Users);
        await WriteUsersAsync((2, Hour(3), 1, "a"), (1, Hour(3), 2, "b"), (1, Hour(1), 9, "c"), (1, Hour(3), 0, "d"));
        await WriteUsersAsync((1, Hour(1), 5, "e"), (1, Hour(2), null, null));

        await ExpectRangeAsync(
            ["city", "age"], Hour(0), Hour(9),
            [
                ("user_id", Longs(1, 1, 1, 1, 1, 2)), ("event_time", Times(Hour(1), Hour(1), Hour(2), Hour(3), Hour(3), Hour(3))),
                ("city", Texts("c", "e", null, "b", "d", "a")), ("age", Ints(9, 5, null, 2, 0, 1)),
            ]);
    }

    [Fact]
    public async Task The_first_moment_belongs_to_the_range_and_the_last_does_not()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1) - Microsecond, 1, "before"), (1, Hour(1), 2, "first"), (1, Hour(2) - Microsecond, 3, "last"), (1, Hour(2), 4, "after"));

        await ExpectRangeAsync(
            ["city"], Hour(1), Hour(2), [("user_id", Longs(1, 1)), ("event_time", Times(Hour(1), Hour(2) - Microsecond)), ("city", Texts("first", "last"))]);
    }

    [Fact]
    public async Task The_created_time_decides_before_the_write_and_is_returned()
    {
        NeedsWriteSequence();
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(9), 1, "a"), (1, Hour(1), Hour(5), 2, "b"), (1, Hour(1), Hour(7), 3, "c"), (1, Hour(1), Hour(5), 4, "d"));

        await ExpectRangeAsync(
            ["city"], Hour(0), Hour(9),
            [
                ("user_id", Longs(1, 1, 1, 1)), ("event_time", Times(Hour(1), Hour(1), Hour(1), Hour(1))), ("created_time", Times(Hour(5), Hour(5), Hour(7), Hour(9))),
                ("city", Texts("b", "d", "c", "a")),
            ]);
    }

    [Fact]
    public async Task Neither_delay_nor_lookback_leaves_a_row_out()
    {
        await RegisterAsync(Users with { AvailabilityDelay = TimeSpan.FromDays(9), Lookback = Microsecond });
        await WriteUsersAsync((1, Hour(1), 1, "a"));

        await ExpectRangeAsync(["age"], Hour(1), Hour(2), [("user_id", Longs(1)), ("event_time", Times(Hour(1))), ("age", Ints(1))]);
    }

    [Fact]
    public async Task Days_are_in_a_range_by_their_midnight()
    {
        await RegisterAsync(SampleGroups.Rates with { TimestampType = DataType.Date });
        await WriteAsync("rates", ("event_time", Dates(DateOf(3), DateOf(1), DateOf(2))), ("rate", Doubles(0.3, 0.1, 0.2)));

        await ExpectRangeAsync(["rate"], Day(1) + Microsecond, Day(3) + Microsecond, [("event_time", Dates(DateOf(2), DateOf(3))), ("rate", Doubles(0.2, 0.3))]);
        await ExpectRangeAsync(["rate"], Day(1), Day(3), [("event_time", Dates(DateOf(1), DateOf(2))), ("rate", Doubles(0.1, 0.2))]);
    }

    [Fact]
    public async Task Texts_order_by_their_UTF8_bytes()
    {
        await RegisterAsync(SampleGroups.Airports);
        await WriteAsync(
            "airports", ("airport", Texts("\U0001f600", "\uff5e", "b", "B")), ("event_time", Times(Hour(1), Hour(1), Hour(1), Hour(1))), ("queue", Ints(4, 3, 2, 1)));

        await ExpectRangeAsync(
            ["queue"], Hour(0), Hour(2),
            [("airport", Texts("B", "b", "\uff5e", "\U0001f600")), ("event_time", Times(Hour(1), Hour(1), Hour(1), Hour(1))), ("queue", Ints(1, 2, 3, 4))]);
    }

    [Fact]
    public async Task A_range_is_of_one_group()
    {
        await RegisterAsync(Users, SampleGroups.Rates);

        await RefusesRangeAsync(["age", "rate"], Hour(0), Hour(1));
    }

    [Fact]
    public async Task A_static_group_has_no_range()
    {
        await RegisterAsync(SampleGroups.Countries);

        await RefusesRangeAsync(["capital"], Hour(0), Hour(1));
    }

    [Fact]
    public async Task A_range_does_not_end_before_it_begins()
    {
        await RegisterAsync(Users);

        await RefusesRangeAsync(["age"], Hour(1), Hour(0));
    }

    private Task<SchemaValidationException> RefusesRangeAsync(IReadOnlyList<FeatureReference> features, DateTimeOffset from, DateTimeOffset to) =>
        Assert.ThrowsAsync<SchemaValidationException>(async () =>
        {
            using var answer = await Store.GetFeaturesAsync(features, new TimeRange(from, to), Cancel);
        });
}
