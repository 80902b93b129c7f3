namespace Tauro.FeatureStore.Specification;

/// <summary>What was not yet written does not count, where that is asked for: rule 5.</summary>
public abstract class KnownAsOfSpecification(TestStore test) : UsersSpecification(test)
{
    [Fact]
    public async Task Late_data_counts_by_default()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(9), 31, "Oslo"));

        await ExpectUsersAsync((1, Hour(2), 31, "Oslo"));
    }

    [Fact]
    public async Task What_was_not_yet_written_does_not_count()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(9), 31, "Oslo"));

        await ExpectUsersAsync(KnownAsOf, (1, Hour(2), null, null), (1, Hour(9) - Microsecond, null, null), (1, Hour(9), 31, "Oslo"));
    }

    [Fact]
    public async Task The_answer_falls_back_to_the_latest_row_that_was_written()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync(
            (1, Hour(1), Hour(1), 31, "on time"), (1, Hour(3), Hour(9), 33, "late"), (1, Hour(2), Hour(4), 32, "a little late"), (1, Hour(4), Hour(4), 34, "on time"));

        await ExpectUsersAsync(KnownAsOf, (1, Hour(3), 31, "on time"), (1, Hour(4), 34, "on time"), (1, Hour(10), 34, "on time"));
        await ExpectUsersAsync((1, Hour(3), 33, "late"));
    }

    [Fact]
    public async Task Late_data_does_not_hide_a_newer_event_once_it_is_known()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(5), Hour(5), 35, "newer event"), (1, Hour(1), Hour(9), 31, "late"));

        await ExpectUsersAsync(KnownAsOf, (1, Hour(10), 35, "newer event"), (1, Hour(4), null, null));
    }

    [Fact]
    public async Task A_correction_is_not_known_before_it_was_made()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(2), 31, "as written"), (1, Hour(1), Hour(6), 30, "corrected"));

        await ExpectUsersAsync(KnownAsOf, (1, Hour(5), 31, "as written"), (1, Hour(6), 30, "corrected"));
    }

    [Fact]
    public async Task The_moment_of_the_commit_counts_where_no_created_column_is_declared()
    {
        await RegisterAsync(Users);
        Clock.SetUtcNow(Now);
        await WriteUsersAsync((1, Hour(1), 31, "first"));
        Clock.SetUtcNow(Now.AddHours(5));
        await WriteUsersAsync((1, Hour(1), 32, "second"));

        await ExpectUsersAsync(KnownAsOf,
            (1, Hour(2), null, null), (1, Now - Microsecond, null, null), (1, Now, 31, "first"), (1, Now.AddHours(5) - Microsecond, 31, "first"), (1, Now.AddHours(5), 32, "second"));
        await ExpectUsersAsync((1, Hour(2), 32, "second"));
    }

    [Fact]
    public async Task Without_exact_matches_a_row_that_was_written_at_the_moment_still_counts()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(4), 31, "Oslo"), (1, Hour(4), Hour(4), 34, "Rome"));

        await ExpectUsersAsync(KnownAsOf with { AllowExactMatches = false }, (1, Hour(4), 31, "Oslo"), (1, Hour(4) + Microsecond, 34, "Rome"));
    }

    [Fact]
    public async Task The_later_of_the_delay_and_the_created_time_counts()
    {
        await RegisterAsync(UsersFromElsewhere with { AvailabilityDelay = TimeSpan.FromHours(2) });
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(2), 31, "delay is later"), (2, Hour(1), Hour(5), 32, "created is later"));

        await ExpectUsersAsync(KnownAsOf,
            (1, Hour(3) - Microsecond, null, null), (1, Hour(3), 31, "delay is later"), (2, Hour(5) - Microsecond, null, null), (2, Hour(5), 32, "created is later"));
    }

    [Fact]
    public async Task A_row_that_was_written_when_it_was_already_too_old_never_answers()
    {
        await RegisterAsync(UsersFromElsewhere with { Lookback = TimeSpan.FromHours(2) });
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(4), 31, "Oslo"));

        await ExpectUsersAsync(KnownAsOf, (1, Hour(2), null, null), (1, Hour(3), null, null), (1, Hour(4), null, null));
        await ExpectUsersAsync((1, Hour(3), 31, "Oslo"));
    }

    [Fact]
    public async Task The_oldest_known_row_does_not_answer_for_a_newer_one_that_is_too_old()
    {
        await RegisterAsync(UsersFromElsewhere with { Lookback = TimeSpan.FromHours(2) });
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(1), 31, "Oslo"), (1, Hour(2), Hour(7), 32, "Rome"), (1, Hour(3), Hour(3), 33, "Bern"));

        await ExpectUsersAsync(KnownAsOf, (1, Hour(2), 31, "Oslo"), (1, Hour(3), 33, "Bern"), (1, Hour(5), 33, "Bern"), (1, Hour(7), null, null));
    }

    [Fact]
    public async Task A_static_group_is_known_as_of_too()
    {
        await RegisterAsync(new FeatureGroupSchema("countries")
        {
            EntityKeys = [new EntityKey("country", DataType.String)],
            IsStatic = true,
            Features = [new FeatureSchema("capital", DataType.String)],
        });
        await WriteAsync("countries", ("country", Texts("NO")), ("capital", Texts("Kristiania")));
        Clock.SetUtcNow(Now.AddHours(5));
        await WriteAsync("countries", ("country", Texts("NO")), ("capital", Texts("Oslo")));

        Columns spine = [("country", Texts("NO", "NO", "NO", "NO")), ("event_timestamp", Times(Hour(1), Now, Now.AddHours(5) - Microsecond, Now.AddHours(5)))];
        await ExpectTrainingSetAsync(["capital"], spine, expected: [("capital", Texts(null, "Kristiania", "Kristiania", "Oslo"))], KnownAsOf);
        await ExpectTrainingSetAsync(["capital"], spine, expected: [("capital", Texts("Oslo", "Oslo", "Oslo", "Oslo"))]);
    }

    [Fact]
    public async Task Rows_that_were_overwritten_are_not_known_at_any_moment()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "first"));
        Clock.SetUtcNow(Now.AddHours(5));
        await WriteUsersAsync(WriteMode.Overwrite, (1, Hour(1), 32, "second"));

        await ExpectUsersAsync(KnownAsOf, (1, Now.AddHours(4), null, null), (1, Now.AddHours(5), 32, "second"));
    }

    [Fact]
    public async Task Latest_values_as_of_a_moment_know_what_was_written_by_then()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(1), 31, "Oslo"), (1, Hour(2), Hour(9), 32, "Rome"), (2, Hour(1), Hour(9), 41, "Bern"));

        await ExpectLatestAsync(["city"], [("user_id", Longs(1, 2))], [("city", Texts("Oslo", null))], Hour(3), KnownAsOf);
        await ExpectLatestAsync(["city"], [("user_id", Longs(1, 2))], [("city", Texts("Rome", "Bern"))], Hour(3));
        await ExpectEveryEntityAsync(["city"], [("user_id", Longs(1)), ("city", Texts("Oslo"))], Hour(3), KnownAsOf);
        await ExpectEveryEntityAsync(["city"], [("user_id", Longs(1, 2)), ("city", Texts("Rome", "Bern"))], Hour(3));
    }
}
