namespace Tauro.FeatureStore.Specification;

/// <summary>Null values and missing answers, and how to tell them apart: rules 6 and 7.</summary>
public abstract class NullValuesSpecification(TestStore test) : UsersSpecification(test)
{
    private static FeatureReference LastAge { get; } = new("age", "users") { SkipNulls = true };

    private static RetrievalOptions WithMatches { get; } = new() { IncludeMatches = true };

    [Fact]
    public async Task Null_in_the_row_that_answers_is_the_answer()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), null, null));

        await ExpectUsersAsync((1, Hour(3), null, null));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(3000)]
    public async Task Null_is_the_answer_for_a_spine_of_any_length(int rows)
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), null, "Rome"));

        await ExpectUsersAsync([.. Enumerable.Range(0, rows).Select(i => ((long?)1, (DateTimeOffset?)Hour(3 + i), (int?)null, (string?)"Rome"))]);
    }

    [Fact]
    public async Task Skip_nulls_answers_with_the_latest_value_that_is_not_null()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), null, "Rome"), (1, Hour(3), null, null), (2, Hour(1), null, "Bern"));

        await ExpectTrainingSetAsync(
            [LastAge, "city"],
            spine: [("user_id", Longs(1, 1, 1, 2)), ("event_timestamp", Times(Hour(1), Hour(2), Hour(4), Hour(4)))],
            expected: [("age", Ints(31, 31, 31, null)), ("city", Texts("Oslo", "Rome", null, "Bern"))]);
    }

    [Fact]
    public async Task Skip_nulls_looks_at_each_feature_alone()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, null), (1, Hour(2), null, "Rome"), (1, Hour(3), null, null));

        await ExpectTrainingSetAsync(
            [LastAge, new FeatureReference("city") { SkipNulls = true }, "city as city_now"],
            spine: [("user_id", Longs(1)), ("event_timestamp", Times(Hour(4)))],
            expected: [("age", Ints(31)), ("city", Texts("Rome")), ("city_now", Texts((string?)null))]);
    }

    [Fact]
    public async Task Skip_nulls_borrows_nothing_that_is_too_old()
    {
        await RegisterAsync(Users with { Lookback = TimeSpan.FromHours(2) });
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), null, "Rome"));

        await ExpectTrainingSetAsync(
            [LastAge],
            spine: [("user_id", Longs(1, 1)), ("event_timestamp", Times(Hour(3), Hour(3) + Microsecond))],
            expected: [("age", Ints(31, null))]);
    }

    [Fact]
    public async Task Skip_nulls_decides_ties_among_the_rows_that_are_not_null()
    {
        NeedsWriteSequence();
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(1), 32, "Rome"), (1, Hour(1), null, "Bern"));

        await ExpectTrainingSetAsync(
            [LastAge, "city"],
            spine: [("user_id", Longs(1)), ("event_timestamp", Times(Hour(1)))],
            expected: [("age", Ints(32)), ("city", Texts("Bern"))]);
    }

    [Fact]
    public async Task Skip_nulls_knows_only_what_was_written()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(1), 31, null), (1, Hour(2), Hour(8), 32, null), (1, Hour(3), Hour(3), null, null));

        await ExpectTrainingSetAsync(
            [LastAge],
            spine: [("user_id", Longs(1, 1)), ("event_timestamp", Times(Hour(4), Hour(8)))],
            expected: [("age", Ints(31, 32))],
            KnownAsOf);
    }

    [Fact]
    public async Task Skip_nulls_has_a_matched_event_time_of_its_own()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), null, "Rome"), (2, Hour(1), null, "Bern"));

        await ExpectTrainingSetAsync(
            ["city", LastAge],
            spine: [("user_id", Longs(1, 2)), ("event_timestamp", Times(Hour(3), Hour(3)))],
            expected:
            [
                ("city", Texts("Rome", "Bern")), ("age", Ints(31, null)),
                ("users__event_time", Times(Hour(2), Hour(1))), ("users__matched", Booleans(true, true)),
                ("age__event_time", Times(Hour(1), null)), ("age__matched", Booleans(true, false)),
            ],
            WithMatches);
    }

    [Fact]
    public async Task No_answer_gives_nulls_and_the_spine_row_stays()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(5), 31, "Oslo"));

        await ExpectUsersAsync((7, Hour(9), null, null), (1, Hour(1), null, null), (1, Hour(5), 31, "Oslo"));
    }

    [Fact]
    public async Task No_row_and_a_row_with_nulls_can_be_told_apart()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), null, null), (2, Hour(2), 32, "Rome"));

        await ExpectTrainingSetAsync(
            ["age"],
            spine: [("user_id", Longs(1, 2, 2, 3, null)), ("event_timestamp", Times(Hour(3), Hour(3), Hour(1), Hour(3), Hour(3)))],
            expected:
            [
                ("age", Ints(null, 32, null, null, null)),
                ("users__event_time", Times(Hour(1), Hour(2), null, null, null)),
                ("users__matched", Booleans(true, true, false, false, false)),
            ],
            WithMatches);
    }

    [Fact]
    public async Task A_static_row_matches_without_an_event_time()
    {
        await RegisterAsync(new FeatureGroupSchema("countries")
        {
            EntityKeys = [new EntityKey("country", DataType.String)],
            IsStatic = true,
            Features = [new FeatureSchema("capital", DataType.String)],
        });
        await WriteAsync("countries", ("country", Texts("NO")), ("capital", Texts("Oslo")));

        await ExpectTrainingSetAsync(
            ["capital"],
            spine: [("country", Texts("NO", "IT")), ("event_timestamp", Times(Hour(1), Hour(1)))],
            expected: [("capital", Texts("Oslo", null)), ("countries__event_time", Times(null, null)), ("countries__matched", Booleans(true, false))],
            WithMatches);
    }

    [Fact]
    public async Task Matches_are_told_for_the_latest_values_too()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), null, "Oslo"));

        await ExpectLatestAsync(
            ["age"], [("user_id", Longs(1, 2))],
            [("age", Ints(null, null)), ("users__event_time", Times(Hour(1), null)), ("users__matched", Booleans(true, false))],
            options: WithMatches);
    }
}
