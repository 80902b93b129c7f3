namespace Tauro.FeatureStore.Specification;

/// <summary>How old a row may be: rule 4.</summary>
public abstract class LookbackSpecification(TestStore test) : UsersSpecification(test)
{
    private static FeatureGroupSchema ShortLivedUsers { get; } = Users with { Lookback = TimeSpan.FromHours(3) };

    [Fact]
    public async Task Exactly_as_old_as_the_lookback_still_counts()
    {
        await RegisterAsync(ShortLivedUsers);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(4), 31, "Oslo"), (1, Hour(4) + Microsecond, null, null));
    }

    [Fact]
    public async Task Without_a_lookback_no_age_is_too_great()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero), 31, "Oslo"));

        await ExpectUsersAsync((1, new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero), 31, "Oslo"));
    }

    [Fact]
    public async Task A_lookback_longer_than_time_itself_is_harmless()
    {
        await RegisterAsync(Users with { Lookback = TimeSpan.FromDays(10_000_000) });
        await WriteUsersAsync((1, new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero), 31, "Oslo"));

        await ExpectUsersAsync((1, new DateTimeOffset(1, 1, 2, 0, 0, 0, TimeSpan.Zero), 31, "Oslo"), (1, new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero), 31, "Oslo"));
    }

    [Fact]
    public async Task A_moment_at_the_beginning_of_time_has_nothing_to_look_back_to()
    {
        await RegisterAsync(ShortLivedUsers);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectUsersAsync((1, new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero), null, null));
    }

    [Fact]
    public async Task The_lookback_of_a_request_replaces_that_of_the_group()
    {
        await RegisterAsync(ShortLivedUsers);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectUsersAsync(new RetrievalOptions { Lookback = TimeSpan.FromHours(1) }, (1, Hour(2), 31, "Oslo"), (1, Hour(2) + Microsecond, null, null));
        await ExpectUsersAsync(new RetrievalOptions { Lookback = TimeSpan.FromHours(9) }, (1, Hour(10), 31, "Oslo"), (1, Hour(10) + Microsecond, null, null));
    }

    [Fact]
    public async Task The_greatest_time_span_lifts_the_lookback_of_the_group()
    {
        await RegisterAsync(ShortLivedUsers);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectUsersAsync(new RetrievalOptions { Lookback = TimeSpan.MaxValue }, (1, Hour(100_000), 31, "Oslo"));
    }

    [Fact]
    public async Task Age_is_counted_from_the_event_time_also_with_a_delay()
    {
        await RegisterAsync(ShortLivedUsers with { AvailabilityDelay = TimeSpan.FromHours(2) });
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectUsersAsync((1, Hour(3) - Microsecond, null, null), (1, Hour(3), 31, "Oslo"), (1, Hour(4), 31, "Oslo"), (1, Hour(4) + Microsecond, null, null));
    }

    [Fact]
    public async Task A_row_that_is_too_old_when_it_becomes_visible_never_answers()
    {
        await RegisterAsync(ShortLivedUsers with { AvailabilityDelay = TimeSpan.FromHours(4) });
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectUsersAsync((1, Hour(4), null, null), (1, Hour(5), null, null), (1, Hour(6), null, null));
    }

    [Fact]
    public async Task Without_exact_matches_the_oldest_age_still_counts()
    {
        await RegisterAsync(ShortLivedUsers);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectUsersAsync(NoExactMatches, (1, Hour(1), null, null), (1, Hour(4), 31, "Oslo"), (1, Hour(4) + Microsecond, null, null));
    }

    [Fact]
    public async Task The_lookback_holds_for_the_latest_values_too()
    {
        await RegisterAsync(ShortLivedUsers);
        await WriteUsersAsync((1, Now.AddHours(-3), 31, "Oslo"), (2, Now.AddHours(-3) - Microsecond, 32, "Rome"));

        await ExpectLatestAsync(["age"], entities: [("user_id", Longs(1, 2))], expected: [("age", Ints(31, null))]);
        Clock.Advance(Microsecond);
        await ExpectLatestAsync(["age"], entities: [("user_id", Longs(1, 2))], expected: [("age", Ints(null, null))]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-10)]
    [InlineData(long.MinValue)]
    [InlineData(15)]
    public async Task A_lookback_that_is_zero_negative_or_no_whole_microsecond_is_refused(long ticks)
    {
        await Assert.ThrowsAsync<SchemaValidationException>(() => RegisterAsync(Users with { Lookback = TimeSpan.FromTicks(ticks) }));
        await RegisterAsync(Users);
        await RefusesTrainingSetAsync<SchemaValidationException>(
            ["age"], [("user_id", Longs(1)), ("event_timestamp", Times(Hour(1)))], new RetrievalOptions { Lookback = TimeSpan.FromTicks(ticks) });
    }
}
