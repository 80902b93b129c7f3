namespace Tauro.FeatureStore.Specification;

/// <summary>From when a row counts, apart from its age: rule 2, and the delay of rule 14.</summary>
public abstract class VisibilitySpecification(TestStore test) : UsersSpecification(test)
{
    private static FeatureGroupSchema DelayedUsers { get; } = Users with { AvailabilityDelay = TimeSpan.FromHours(2) };

    [Fact]
    public async Task An_equal_time_matches()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Rome"));

        await ExpectUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Rome"));
    }

    [Fact]
    public async Task An_equal_time_does_not_match_where_exact_matches_are_not_allowed()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Rome"));

        await ExpectUsersAsync(NoExactMatches, (1, Hour(1), null, null), (1, Hour(2), 31, "Oslo"), (1, Hour(2) + Microsecond, 32, "Rome"));
    }

    [Fact]
    public async Task Without_exact_matches_a_tie_at_the_moment_is_passed_over_as_a_whole()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Rome"), (1, Hour(2), 33, "Bern"));

        await ExpectUsersAsync(NoExactMatches, (1, Hour(2), 31, "Oslo"));
    }

    [Fact]
    public async Task A_delay_hides_a_row_until_it_has_passed()
    {
        await RegisterAsync(DelayedUsers);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Rome"));

        await ExpectUsersAsync(
            (1, Hour(2), null, null), (1, Hour(3) - Microsecond, null, null), (1, Hour(3), 31, "Oslo"), (1, Hour(4) - Microsecond, 31, "Oslo"), (1, Hour(4), 32, "Rome"));
    }

    [Fact]
    public async Task Without_exact_matches_the_end_of_the_delay_does_not_match()
    {
        await RegisterAsync(DelayedUsers);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectUsersAsync(NoExactMatches, (1, Hour(3), null, null), (1, Hour(3) + Microsecond, 31, "Oslo"));
    }

    [Fact]
    public async Task A_delay_does_not_change_the_event_time_that_is_reported()
    {
        await RegisterAsync(DelayedUsers);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectTrainingSetAsync(
            ["age"],
            spine: [("user_id", Longs(1)), ("event_timestamp", Times(Hour(5)))],
            expected: [("age", Ints(31)), ("users__event_time", Times(Hour(1))), ("users__matched", Booleans(true))],
            new RetrievalOptions { IncludeMatches = true });
    }

    [Fact]
    public async Task A_delay_does_not_change_which_row_is_the_latest()
    {
        await RegisterAsync(UsersFromElsewhere with { AvailabilityDelay = TimeSpan.FromHours(2) });
        await WriteUsersFromElsewhereAsync((1, Hour(2), Hour(2), 32, "newer event"), (1, Hour(1), Hour(9), 31, "older event"));

        await ExpectUsersAsync((1, Hour(3), 31, "older event"), (1, Hour(4), 32, "newer event"));
    }

    [Fact]
    public async Task A_delay_at_the_end_of_time_hides_a_row_for_good()
    {
        await RegisterAsync(Users with { AvailabilityDelay = TimeSpan.FromDays(1) });
        var end = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, end, 32, "Rome"));

        await ExpectUsersAsync((1, end, 31, "Oslo"));
    }

    [Fact]
    public async Task A_delay_must_not_be_negative_or_finer_than_a_microsecond()
    {
        await Assert.ThrowsAsync<SchemaValidationException>(() => RegisterAsync(Users with { AvailabilityDelay = -Microsecond }));
        await Assert.ThrowsAsync<SchemaValidationException>(() => RegisterAsync(Users with { AvailabilityDelay = TimeSpan.FromTicks(1) }));
    }
}
