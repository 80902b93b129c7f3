using Apache.Arrow;
using Apache.Arrow.Types;
using Array = System.Array;

namespace Tauro.FeatureStore.Specification;

/// <summary>Days, zones and units: rules 14 and 15.</summary>
public abstract class TimesSpecification(TestStore test) : UsersSpecification(test)
{
    private static FeatureGroupSchema Daily { get; } = new("daily")
    {
        EntityKeys = [new EntityKey("shop", DataType.Int)],
        TimestampKey = "day",
        TimestampType = DataType.Date,
        Features = [new FeatureSchema("sales", DataType.Int)],
    };

    [Fact]
    public async Task A_date_is_midnight_UTC_of_its_day()
    {
        await RegisterAsync(Daily);
        await WriteAsync("daily", ("shop", Ints(1, 1)), ("day", Dates(DateOf(2), DateOf(3))), ("sales", Ints(22, 33)));

        await ExpectTrainingSetAsync(
            ["sales"],
            spine: [("shop", Ints(1, 1, 1, 1)), ("event_timestamp", Times(Day(2) - Microsecond, Day(2), Day(3) - Microsecond, Day(3)))],
            expected: [("sales", Ints(null, 22, 22, 33))]);
    }

    [Fact]
    public async Task A_daily_value_that_is_complete_at_the_end_of_its_day_has_a_delay_of_a_day()
    {
        await RegisterAsync(Daily with { AvailabilityDelay = TimeSpan.FromDays(1) });
        await WriteAsync("daily", ("shop", Ints(1, 1)), ("day", Dates(DateOf(2), DateOf(3))), ("sales", Ints(22, 33)));

        await ExpectTrainingSetAsync(
            ["sales"],
            spine: [("shop", Ints(1, 1, 1, 1)), ("event_timestamp", Times(Day(3) - Microsecond, Day(3), Day(4) - Microsecond, Day(4)))],
            expected:
            [
                ("sales", Ints(null, 22, 22, 33)), ("daily__event_time", Times(null, Day(2), Day(2), Day(3))), ("daily__matched", Booleans(false, true, true, true)),
            ],
            new RetrievalOptions { IncludeMatches = true });
    }

    [Fact]
    public async Task The_age_of_a_day_is_counted_from_its_midnight()
    {
        await RegisterAsync(Daily with { Lookback = TimeSpan.FromDays(1) });
        await WriteAsync("daily", ("shop", Ints(1)), ("day", Dates(DateOf(2))), ("sales", Ints(22)));

        await ExpectTrainingSetAsync(
            ["sales"],
            spine: [("shop", Ints(1, 1)), ("event_timestamp", Times(Day(3), Day(3) + Microsecond))],
            expected: [("sales", Ints(22, null))]);
    }

    [Fact]
    public async Task Days_before_1970_are_days()
    {
        await RegisterAsync(Daily);
        await WriteAsync("daily", ("shop", Ints(1, 1)), ("day", Dates(new DateOnly(1969, 12, 30), new DateOnly(1, 1, 1))), ("sales", Ints(30, 1)));

        var midnight = new DateTimeOffset(1969, 12, 30, 0, 0, 0, TimeSpan.Zero);
        await ExpectTrainingSetAsync(
            ["sales"],
            spine: [("shop", Ints(1, 1)), ("event_timestamp", Times(midnight - Microsecond, midnight))],
            expected: [("sales", Ints(1, 30))]);
    }

    [Fact]
    public async Task Ties_on_a_day_go_to_the_later_write()
    {
        await RegisterAsync(Daily);
        await WriteAsync("daily", ("shop", Ints(1, 1)), ("day", Dates(DateOf(2), DateOf(2))), ("sales", Ints(99, 11)));
        await WriteAsync("daily", ("shop", Ints(1)), ("day", Dates(DateOf(2))), ("sales", Ints(5)));

        await ExpectTrainingSetAsync(["sales"], spine: [("shop", Ints(1)), ("event_timestamp", Times(Day(2)))], expected: [("sales", Ints(5))]);
    }

    [Fact]
    public async Task An_offset_names_an_instant()
    {
        await RegisterAsync(Users);
        var kolkata = TimeSpan.FromHours(5.5);
        await WriteUsersAsync((1, Hour(1).ToOffset(kolkata), 31, "Oslo"), (1, Hour(2).ToOffset(-kolkata), 32, "Rome"));

        await ExpectUsersAsync((1, Hour(1).ToOffset(-kolkata), 31, "Oslo"), (1, (Hour(1) - Microsecond).ToOffset(kolkata), null, null), (1, Hour(2).ToOffset(kolkata), 32, "Rome"));
    }

    [Fact]
    public async Task An_answer_is_in_UTC()
    {
        await RegisterAsync(Users with { Features = [new FeatureSchema("seen", DataType.Timestamp)] });
        await WriteAsync("users", ("user_id", Longs(1)), ("event_time", Times(Hour(1))), ("seen", Times(Hour(7).ToOffset(TimeSpan.FromHours(9)))));
        using var spine = FeatureTable.FromColumns(("user_id", Longs(1)), ("event_timestamp", Times(Hour(2).ToOffset(TimeSpan.FromHours(-3)))));

        using var answer = await Store.GetTrainingSetAsync(["seen"], spine, options: new RetrievalOptions { IncludeMatches = true }, cancellationToken: Cancel);

        Assert.Equal([TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero],
            new[] { "event_timestamp", "seen", "users__event_time" }.Select(column => answer.GetColumn<DateTimeOffset>(column).Single().Offset));
        Assert.Equal(Hour(7), answer.GetColumn<DateTimeOffset>("seen").Single());
    }

    [Fact]
    public async Task Date_times_of_kind_Utc_are_instants_and_unspecified_ones_are_taken_as_UTC()
    {
        await RegisterAsync(Users);
        await WriteAsync(
            "users", ("user_id", Longs(1, 1)), ("event_time", new[] { Hour(1).UtcDateTime, Hour(2).UtcDateTime }), ("age", Ints(31, 32)), ("city", Texts("Oslo", "Rome")));
        await ExpectUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Rome"), (1, Hour(2) - Microsecond, 31, "Oslo"));

        foreach (var kind in new[] { DateTimeKind.Utc, DateTimeKind.Unspecified })
        {
            using var spine = FeatureTable.FromColumns(
                ("user_id", Longs(1, 1)), ("event_timestamp", new DateTime?[] { DateTime.SpecifyKind(Hour(1).DateTime, kind), DateTime.SpecifyKind(Hour(2).DateTime, kind) }));
            using var answer = await Store.GetTrainingSetAsync(["age"], spine, cancellationToken: Cancel);
            TableAssert.Equal([("user_id", Longs(1, 1)), ("event_timestamp", Times(Hour(1), Hour(2))), ("age", Ints(31, 32))], answer);
        }
    }

    [Fact]
    public async Task Unspecified_date_times_are_written_as_UTC()
    {
        await RegisterAsync(Users);
        var unspecified = DateTime.SpecifyKind(Hour(1).DateTime, DateTimeKind.Unspecified);
        await WriteAsync("users", ("user_id", Longs(1)), ("event_time", new[] { unspecified }), ("age", Ints(31)), ("city", Texts("Oslo")));

        await ExpectUsersAsync((1, Hour(1) - Microsecond, null, null), (1, Hour(1), 31, "Oslo"));
    }

    [Fact]
    public async Task Local_date_times_are_converted()
    {
        await RegisterAsync(Users);
        await WriteAsync("users", ("user_id", Longs(1)), ("event_time", new[] { Hour(1).LocalDateTime }), ("age", Ints(31)), ("city", Texts("Oslo")));
        await ExpectUsersAsync((1, Hour(1) - Microsecond, null, null), (1, Hour(1), 31, "Oslo"));

        using var spine = FeatureTable.FromColumns(("user_id", Longs(1, 1)), ("event_timestamp", new[] { (Hour(1) - Microsecond).LocalDateTime, Hour(1).LocalDateTime }));
        using var answer = await Store.GetTrainingSetAsync(["age"], spine, cancellationToken: Cancel);
        TableAssert.Equal([("user_id", Longs(1, 1)), ("event_timestamp", Times(Hour(1) - Microsecond, Hour(1))), ("age", Ints(null, 31))], answer);
    }

    [Fact]
    public async Task Parts_of_a_microsecond_are_floored_on_both_sides()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1).AddTicks(9), 31, "Oslo"));

        using var spine = FeatureTable.FromColumns(("user_id", Longs(1, 1, 1)), ("event_timestamp", Times(Hour(1).AddTicks(-1), Hour(1), Hour(1).AddTicks(5))));
        using var answer = await Store.GetTrainingSetAsync(["age"], spine, cancellationToken: Cancel);
        TableAssert.Equal([("user_id", Longs(1, 1, 1)), ("event_timestamp", Times(Hour(1) - Microsecond, Hour(1), Hour(1))), ("age", Ints(null, 31, 31))], answer);

        using var strict = await Store.GetTrainingSetAsync(["age"], spine, options: NoExactMatches, cancellationToken: Cancel);
        TableAssert.Equal([("user_id", Longs(1, 1, 1)), ("event_timestamp", Times(Hour(1) - Microsecond, Hour(1), Hour(1))), ("age", Ints(null, null, null))], strict);
    }

    [Fact]
    public async Task Parts_of_a_microsecond_are_floored_before_1970_too()
    {
        var moment = new DateTimeOffset(1969, 7, 20, 20, 17, 40, TimeSpan.Zero);
        await RegisterAsync(Users);
        await WriteUsersAsync((1, moment.AddTicks(-1), 31, "floored"));

        await ExpectUsersAsync((1, moment - (2 * Microsecond), null, null), (1, moment - Microsecond, 31, "floored"));
    }

    [Fact]
    public async Task Parts_of_a_microsecond_are_floored_before_ties_are_decided()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1).AddTicks(9), 31, "first"), (1, Hour(1).AddTicks(1), 32, "second"));

        await ExpectUsersAsync((1, Hour(2), 32, "second"));
    }

    [Fact]
    public async Task Parts_of_a_microsecond_in_the_moment_of_a_read_are_floored()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints((int?)null))], Hour(1).AddTicks(-1));
        await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(31))], Hour(1).AddTicks(9));
    }

    [Theory]
    [InlineData(TimeUnit.Second, 1L)]
    [InlineData(TimeUnit.Millisecond, 1_000L)]
    [InlineData(TimeUnit.Microsecond, 1_000_000L)]
    [InlineData(TimeUnit.Nanosecond, 1_000_000_000L)]
    public async Task Timestamps_of_every_unit_and_zone_are_the_same_instants(TimeUnit unit, long perSecond)
    {
        await RegisterAsync(Users);
        foreach (var (zone, hour) in new (string?, int)[] { ("UTC", 1), (null, 3), ("America/New_York", 5), ("+05:30", 7) })
        {
            using var rows = ArrowTable("event_time", Timestamps(unit, zone, Hour(hour).ToUnixTimeSeconds() * perSecond), ("age", new Int32Array.Builder().Append(hour).Build()));
            await Test.WriteAsync("users", rows, WriteMode.Append, Cancel);

            using var spine = ArrowTable("event_timestamp", Timestamps(unit, zone, (Hour(hour).ToUnixTimeSeconds() * perSecond) + (perSecond / 2)));
            using var answer = await Store.GetTrainingSetAsync(["age"], spine, options: new RetrievalOptions { IncludeMatches = true }, cancellationToken: Cancel);
            Assert.Equal([hour], answer.GetColumn<int?>("age"));
            Assert.Equal([Hour(hour)], answer.GetColumn<DateTimeOffset?>("users__event_time"));
        }

        await ExpectUsersAsync((1, Hour(1) - Microsecond, null, null), (1, Hour(3) - Microsecond, 1, null), (1, Hour(3), 3, null), (1, Hour(5), 5, null), (1, Hour(7), 7, null));
    }

    [Fact]
    public async Task Nanoseconds_are_floored_on_both_sides()
    {
        await RegisterAsync(Users);
        var nanoseconds = new DateTimeOffset(1969, 7, 20, 20, 17, 40, TimeSpan.Zero).ToUnixTimeSeconds() * 1_000_000_000;
        using var rows = ArrowTable("event_time", Timestamps(TimeUnit.Nanosecond, "UTC", nanoseconds - 1), ("age", new Int32Array.Builder().Append(31).Build()));
        await Test.WriteAsync("users", rows, WriteMode.Append, Cancel);

        foreach (var (moment, age) in new (long, int?)[] { (nanoseconds - 1001, null), (nanoseconds - 1000, 31), (nanoseconds - 999, 31), (nanoseconds, 31) })
        {
            using var spine = ArrowTable("event_timestamp", Timestamps(TimeUnit.Nanosecond, null, moment));
            using var answer = await Store.GetTrainingSetAsync(["age"], spine, cancellationToken: Cancel);
            Assert.Equal([age], answer.GetColumn<int?>("age"));
        }
    }

    [Theory]
    [InlineData(TimeUnit.Microsecond, long.MaxValue)]
    [InlineData(TimeUnit.Microsecond, -long.MaxValue)]
    [InlineData(TimeUnit.Second, long.MaxValue)]
    [InlineData(TimeUnit.Millisecond, long.MinValue)]
    public async Task Infinite_and_out_of_range_times_are_refused_in_a_spine(TimeUnit unit, long value)
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        using var spine = ArrowTable("event_timestamp", Timestamps(unit, "UTC", value));

        var refused = await Assert.ThrowsAsync<SchemaValidationException>(async () =>
        {
            using var answer = await Store.GetTrainingSetAsync(["age"], spine, cancellationToken: Cancel);
        });

        Assert.Equal(("event_timestamp", 0), (refused.Column, refused.Row));
    }

    private static FeatureTable ArrowTable(string timeColumn, IArrowArray times, params (string Name, IArrowArray Values)[] others)
    {
        (string Name, IArrowArray Values)[] columns = [("user_id", new Int64Array.Builder().Append(1).Build()), (timeColumn, times), .. others];
        var schema = new Schema(columns.Select(column => new Field(column.Name, column.Values.Data.DataType, nullable: true)), null);
        return FeatureTable.FromArrow(new RecordBatch(schema, columns.Select(column => column.Values), 1));
    }

    private static TimestampArray Timestamps(TimeUnit unit, string? zone, long value) =>
        new(new TimestampType(unit, zone), new ArrowBuffer.Builder<long>().Append(value).Build(), ArrowBuffer.Empty, length: 1, nullCount: 0, offset: 0);
}
