namespace Tauro.FeatureStore.Specification;

/// <summary>Empty things and features added later: rules 16 and 17.</summary>
public abstract class EmptinessSpecification(TestStore test) : UsersSpecification(test)
{
    private static FeatureGroupSchema UsersWithEmail { get; } = Users.AddFeature(new FeatureSchema("email", DataType.String));

    [Fact]
    public async Task An_empty_spine_gives_typed_empty_columns()
    {
        await RegisterAsync(Users, SampleGroups.Rates);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await WriteAsync("rates", ("event_time", Times(Hour(1))), ("rate", Doubles(0.5)));

        await ExpectTrainingSetAsync(
            ["age", "rate", "city"],
            spine: [("label", Dates()), ("user_id", Longs()), ("event_timestamp", Times())],
            expected:
            [
                ("age", Ints()), ("rate", Doubles()), ("city", Texts()),
                ("users__event_time", Times()), ("users__matched", Booleans()), ("rates__event_time", Times()), ("rates__matched", Booleans()),
            ],
            new RetrievalOptions { IncludeMatches = true });
    }

    [Fact]
    public async Task No_entities_give_typed_empty_columns()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectLatestAsync(["age", "city"], entities: [("user_id", Longs())], expected: [("age", Ints()), ("city", Texts())]);
    }

    [Fact]
    public async Task A_group_that_was_never_written_gives_typed_nulls()
    {
        await RegisterAsync(Users, SampleGroups.Rates, SampleGroups.Countries);

        await ExpectTrainingSetAsync(
            ["age", "city", "rate", "capital"],
            spine: [("user_id", Longs(1, null)), ("country", Texts("NO", "IT")), ("event_timestamp", Times(Hour(1), Hour(2)))],
            expected: [("age", Ints(null, null)), ("city", Texts(null, null)), ("rate", Doubles(null, null)), ("capital", Texts(null, null))]);
        await ExpectLatestAsync(["age"], entities: [("user_id", Longs(1))], expected: [("age", Ints((int?)null))]);
    }

    [Fact]
    public async Task A_group_that_was_never_written_has_no_entities_and_no_range()
    {
        await RegisterAsync(Users);

        await ExpectEveryEntityAsync(["age", "city"], [("user_id", Longs()), ("age", Ints()), ("city", Texts())]);
        await ExpectRangeAsync(["age"], Hour(0), Hour(9), [("user_id", Longs()), ("event_time", Times()), ("age", Ints())]);
    }

    [Fact]
    public async Task A_group_that_declares_no_key_types_and_was_never_written_gives_nulls()
    {
        NeedsWrites();
        await RegisterAsync(SampleGroups.Keyed(null));

        await ExpectTrainingSetAsync(["value"], spine: [("id", Texts("x")), ("event_timestamp", Times(Hour(1)))], expected: [("value", Texts((string?)null))]);
        await ExpectTrainingSetAsync(["value"], spine: [("id", Dates(DateOf(1))), ("event_timestamp", Times(Hour(1)))], expected: [("value", Texts((string?)null))]);
    }

    [Fact]
    public async Task A_group_that_was_emptied_gives_typed_nulls()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await WriteUsersAsync(WriteMode.Overwrite);

        await ExpectUsersAsync((1, Hour(2), null, null));
        await ExpectEveryEntityAsync(["age"], [("user_id", Longs()), ("age", Ints())]);
    }

    [Fact]
    public async Task A_write_of_no_rows_changes_nothing()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync();
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        var written = await WriteUsersAsync();

        Assert.Equal(0, written.RowCount);
        await ExpectUsersAsync((1, Hour(2), 31, "Oslo"), (2, Hour(2), null, null));
    }

    [Fact]
    public async Task A_range_without_rows_gives_typed_empty_columns()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(5), 31, "Oslo"));

        await ExpectRangeAsync(["city", "age"], Hour(1), Hour(5), [("user_id", Longs()), ("event_time", Times()), ("city", Texts()), ("age", Ints())]);
        await ExpectRangeAsync(["city"], Hour(5), Hour(5), [("user_id", Longs()), ("event_time", Times()), ("city", Texts())]);
    }

    [Fact]
    public async Task A_feature_added_later_is_null_for_rows_written_before()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), 41, "Rome"));
        await RegisterAsync(UsersWithEmail);
        await WriteAsync("users", ("user_id", Longs(1)), ("event_time", Times(Hour(2))), ("age", Ints(32)), ("city", Texts("Bern")), ("email", Texts("a@b.c")));

        await ExpectTrainingSetAsync(
            ["age", "email"],
            spine: [("user_id", Longs(1, 1, 2)), ("event_timestamp", Times(Hour(1), Hour(2), Hour(2)))],
            expected:
            [
                ("age", Ints(31, 32, 41)), ("email", Texts(null, "a@b.c", null)),
                ("users__event_time", Times(Hour(1), Hour(2), Hour(1))), ("users__matched", Booleans(true, true, true)),
            ],
            new RetrievalOptions { IncludeMatches = true });
        await ExpectEveryEntityAsync(["email"], [("user_id", Longs(1, 2)), ("email", Texts("a@b.c", null))]);
        await ExpectRangeAsync(["email"], Hour(0), Hour(9), [("user_id", Longs(1, 1, 2)), ("event_time", Times(Hour(1), Hour(2), Hour(1))), ("email", Texts(null, "a@b.c", null))]);
    }

    [Fact]
    public async Task A_feature_that_was_added_and_never_written_is_null()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await RegisterAsync(UsersWithEmail);

        await ExpectTrainingSetAsync(
            ["email", new FeatureReference("email") { Alias = "last_email", SkipNulls = true }, "city"],
            spine: [("user_id", Longs(1)), ("event_timestamp", Times(Hour(2)))],
            expected:
            [
                ("email", Texts((string?)null)), ("last_email", Texts((string?)null)), ("city", Texts("Oslo")),
                ("users__event_time", Times(Hour(1))), ("users__matched", Booleans(true)),
                ("last_email__event_time", Times((DateTimeOffset?)null)), ("last_email__matched", Booleans(false)),
            ],
            new RetrievalOptions { IncludeMatches = true });
    }

    [Fact]
    public async Task A_nested_feature_added_later_is_null_for_rows_written_before()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await RegisterAsync(Users.AddFeature(new FeatureSchema("vector", DataType.Array(DataType.Float))));
        await WriteAsync("users", ("user_id", Longs(2)), ("event_time", Times(Hour(1))), ("vector", new float?[]?[] { [1f, 2f] }));

        await ExpectTrainingSetAsync(
            ["vector", "age"],
            spine: [("user_id", Longs(2, 1)), ("event_timestamp", Times(Hour(2), Hour(2)))],
            expected: [("vector", new float?[]?[] { [1f, 2f], null }), ("age", Ints(null, 31))]);
    }
}
