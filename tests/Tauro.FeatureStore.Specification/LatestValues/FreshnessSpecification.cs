namespace Tauro.FeatureStore.Specification;

/// <summary>A read is never stale, whoever wrote: rule 22.</summary>
public abstract class FreshnessSpecification(TestStore test) : UsersSpecification(test)
{
    [Fact]
    public async Task A_read_sees_what_was_just_written()
    {
        await RegisterAsync(Users);
        for (var age = 1; age <= 5; age++)
        {
            await WriteUsersAsync((1, Hour(1), age, null));
            await ExpectUsersAsync((1, Hour(2), age, null));
            await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(age))]);
            await ExpectEveryEntityAsync(["age"], [("user_id", Longs(1)), ("age", Ints(age))]);
        }
    }

    [Fact]
    public async Task A_read_sees_what_another_store_wrote()
    {
        await RegisterAsync(Users);
        var other = Test.OpenAnother();
        for (var age = 1; age <= 3; age++)
        {
            await other.WriteFeaturesAsync(
                "users", new Dictionary<string, Array> { ["user_id"] = Longs(1), ["event_time"] = Times(Hour(1)), ["age"] = Ints(age) }, cancellationToken: Cancel);
            await ExpectUsersAsync((1, Hour(2), age, null));
            await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(age))]);
        }

        await WriteUsersAsync((1, Hour(1), 9, "Oslo"));
        using var entities = FeatureTable.FromColumns(("user_id", Longs(1)));
        using var answer = await other.GetFeaturesAsync(["age"], entities, cancellationToken: Cancel);
        TableAssert.Equal([("user_id", Longs(1)), ("age", Ints(9))], answer);
    }

    [Fact]
    public async Task A_read_sees_what_another_store_overwrote()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), 41, "Rome"));
        await ExpectLatestAsync(["age"], [("user_id", Longs(1, 2))], [("age", Ints(31, 41))]);

        await Test.OpenAnother().WriteFeaturesAsync(
            "users", new Dictionary<string, Array> { ["user_id"] = Longs(2), ["event_time"] = Times(Hour(1)), ["age"] = Ints(42) }, WriteMode.Overwrite, Cancel);

        await ExpectLatestAsync(["age"], [("user_id", Longs(1, 2))], [("age", Ints(null, 42))]);
    }

    [Fact]
    public async Task A_group_that_another_store_registered_is_found()
    {
        var other = Test.OpenAnother();
        await RegisterAsync(SampleGroups.Rates);
        await other.RegisterFeaturesAsync(Users, Cancel);
        await other.WriteFeaturesAsync(
            "users", new Dictionary<string, Array> { ["user_id"] = Longs(1), ["event_time"] = Times(Hour(1)), ["age"] = Ints(31) }, cancellationToken: Cancel);

        await ExpectUsersAsync((1, Hour(2), 31, null));
    }

    [Fact]
    public async Task Rows_that_become_visible_later_count_at_the_time_of_the_read()
    {
        await RegisterAsync(Users with { AvailabilityDelay = TimeSpan.FromHours(1) });
        await WriteUsersAsync((1, Now.AddHours(-2), 31, "Oslo"), (1, Now, 32, "Rome"));

        await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(31))]);
        Clock.Advance(TimeSpan.FromHours(1));
        await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(32))]);
    }

    [Fact]
    public async Task A_lookback_that_expires_counts_at_the_time_of_the_read()
    {
        await RegisterAsync(Users with { Lookback = TimeSpan.FromHours(1) });
        await WriteUsersAsync((1, Now, 31, "Oslo"));

        await ExpectEveryEntityAsync(["age"], [("user_id", Longs(1)), ("age", Ints(31))]);
        Clock.Advance(TimeSpan.FromHours(1) + Microsecond);
        await ExpectEveryEntityAsync(["age"], [("user_id", Longs()), ("age", Ints())]);
    }

    [Fact]
    public async Task A_read_of_an_earlier_moment_is_not_answered_from_a_later_one()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Rome"));

        await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(32))]);
        await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(31))], Hour(1));
        await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(32))]);
    }
}
