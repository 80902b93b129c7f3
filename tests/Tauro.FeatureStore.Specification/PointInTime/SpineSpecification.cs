namespace Tauro.FeatureStore.Specification;

/// <summary>The spine is sacred: rules 8 and 9.</summary>
public abstract class SpineSpecification(TestStore test) : UsersSpecification(test)
{
    [Fact]
    public async Task Rows_come_out_in_the_order_in_which_they_went_in()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync([.. Enumerable.Range(0, 100).Select(i => ((long)i, Hour(i), (int?)i, (string?)null))]);

        var rows = Enumerable.Range(0, 5000).Select(i => (User: i * 37L % 110, At: Hour(i * 53 % 150)));
        await ExpectUsersAsync(
            [.. rows.Select(row => ((long?)row.User, (DateTimeOffset?)row.At, row.User < 100 && Hour(row.User) <= row.At ? (int?)row.User : null, (string?)null))]);
    }

    [Fact]
    public async Task Duplicates_are_all_answered()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), 41, "Rome"));

        await ExpectUsersAsync(
            (1, Hour(2), 31, "Oslo"), (2, Hour(2), 41, "Rome"), (1, Hour(2), 31, "Oslo"), (9, Hour(2), null, null), (1, Hour(2), 31, "Oslo"), (2, Hour(2), 41, "Rome"),
            (9, Hour(2), null, null));
    }

    [Fact]
    public async Task The_callers_other_columns_are_untouched()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), 41, "Rome"));

        await ExpectTrainingSetAsync(
            ["age"],
            spine:
            [
                ("whole", Ints(7, null, 9)), ("user_id", Longs(2, 9, 1)), ("text", Texts("a", null, "")), ("number", Doubles(double.NaN, null, double.NegativeInfinity)),
                ("single", Floats(0.1f, null, -0f)), ("event_timestamp", Times(Hour(2), Hour(2), Hour(2))), ("exact", Decimals(1.10m, null, -3m)),
                ("truth", Booleans(true, null, false)), ("day", Dates(DateOf(3), null, DateOf(1))), ("other_time", Times(Hour(50), null, Hour(-50))),
            ],
            expected: [("age", Ints(41, null, 31))]);
    }

    [Fact]
    public async Task Nested_columns_and_null_ones_are_untouched()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectTrainingSetAsync(
            ["age"],
            spine:
            [
                ("vector", new float?[]?[] { [1f, null, 3f], null, [] }),
                ("words", new string?[]?[] { ["a", null], [], null }),
                ("lists", new int?[]?[]?[] { [[1, 2], null, []], null, [[]] }),
                ("map", new IReadOnlyDictionary<string, int?>?[] { new Dictionary<string, int?> { ["x"] = 1, ["y"] = null }, null, new Dictionary<string, int?>() }),
                ("nothing", Texts(null, null, null)),
                ("user_id", Longs(1, 1, 2)),
                ("event_timestamp", Times(Hour(2), Hour(0), Hour(2))),
            ],
            expected: [("age", Ints(31, null, null))]);
    }

    [Fact]
    public async Task Columns_with_names_that_no_engine_would_accept_are_untouched()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectTrainingSetAsync(
            ["age"],
            spine:
            [
                ("a label", Ints(1)), ("select", Ints(2)), ("\"quoted\"; DROP TABLE users --", Ints(3)), ("größe", Ints(4)), ("row_number", Ints(5)), ("t", Ints(6)),
                ("user_id", Longs(1)), ("event_timestamp", Times(Hour(2))), ("event_time", Times(Hour(77))),
            ],
            expected: [("age", Ints(31))]);
    }

    [Fact]
    public async Task A_spine_column_with_the_name_of_a_feature_that_is_not_asked_for_is_untouched()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectTrainingSetAsync(
            ["age"],
            spine: [("user_id", Longs(1)), ("city", Texts("the caller's")), ("event_timestamp", Times(Hour(2)))],
            expected: [("age", Ints(31))]);
    }

    [Fact]
    public async Task Another_column_may_hold_the_times()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(3), 33, "Rome"));

        await ExpectTrainingSetAsync(
            ["age"],
            spine: [("user_id", Longs(1)), ("event_timestamp", Times(Hour(0))), ("sold_at", Times(Hour(2)))],
            expected: [("age", Ints(31))],
            timeColumn: "sold_at");
    }

    [Fact]
    public async Task Days_may_be_the_times_and_stand_for_their_midnight()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Day(2), 32, "midnight"), (1, Day(2) + Microsecond, 33, "after"));

        await ExpectTrainingSetAsync(
            ["city"],
            spine: [("user_id", Longs(1, 1, 1)), ("event_timestamp", Dates(DateOf(1), DateOf(2), DateOf(3)))],
            expected: [("city", Texts(null, "midnight", "after"))]);
    }

    [Fact]
    public async Task The_spine_keeps_its_own_spelling_of_a_key()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectTrainingSetAsync(
            ["age"],
            spine: [("User_ID", Longs(1)), ("event_timestamp", Times(Hour(2)))],
            expected: [("age", Ints(31))]);
    }

    [Fact]
    public async Task A_spine_in_several_batches_is_one_spine()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), 41, "Rome"));
        using var first = FeatureTable.FromColumns(("user_id", Longs(1, 2)), ("event_timestamp", Times(Hour(2), Hour(0))), ("label", Texts("a", "b")));
        using var empty = FeatureTable.FromColumns(("user_id", Longs()), ("event_timestamp", Times()), ("label", Texts()));
        using var last = FeatureTable.FromColumns(("user_id", Longs(2, 1)), ("event_timestamp", Times(Hour(2), Hour(3))), ("label", Texts("c", "d")));

        using var spine = FeatureTable.FromArrow(first.Schema, [first.Batches[0].Clone(), empty.Batches[0].Clone(), last.Batches[0].Clone()]);
        using var answer = await Store.GetTrainingSetAsync(["age"], spine, cancellationToken: Cancel);

        TableAssert.Equal(
            [
                ("user_id", Longs(1, 2, 2, 1)), ("event_timestamp", Times(Hour(2), Hour(0), Hour(2), Hour(3))), ("label", Texts("a", "b", "c", "d")),
                ("age", Ints(31, null, 41, 31)),
            ],
            answer);
    }

    [Fact]
    public async Task The_spine_can_be_used_again()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        using var spine = FeatureTable.FromColumns(("user_id", Longs(1)), ("event_timestamp", Times(Hour(2))));

        var first = await Store.GetTrainingSetAsync(["age"], spine, cancellationToken: Cancel);
        first.Dispose();
        using var second = await Store.GetTrainingSetAsync(["age"], spine, cancellationToken: Cancel);

        TableAssert.Equal([("user_id", Longs(1)), ("event_timestamp", Times(Hour(2))), ("age", Ints(31))], second);
    }

    [Fact]
    public async Task The_answer_outlives_the_spine()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        var spine = FeatureTable.FromColumns(("user_id", Longs(1)), ("event_timestamp", Times(Hour(2))), ("label", Texts("a label long enough for memory of its own")));

        using var answer = await Store.GetTrainingSetAsync(["age"], spine, cancellationToken: Cancel);
        spine.Dispose();

        TableAssert.Equal(
            [("user_id", Longs(1)), ("event_timestamp", Times(Hour(2))), ("label", Texts("a label long enough for memory of its own")), ("age", Ints(31))], answer);
    }

    [Fact]
    public async Task Null_keys_match_nothing_and_their_rows_stay()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((0, Hour(1), 10, "zero"), (1, Hour(1), 31, "Oslo"));

        await ExpectUsersAsync((null, Hour(2), null, null), (1, Hour(2), 31, "Oslo"), (null, Hour(2), null, null), (0, Hour(2), 10, "zero"));
    }

    [Fact]
    public async Task A_key_column_of_nulls_alone_matches_nothing()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((0, Hour(1), 10, "zero"));

        await ExpectUsersAsync((null, Hour(2), null, null), (null, Hour(3), null, null));
    }

    [Fact]
    public async Task One_null_in_a_composite_key_matches_nothing()
    {
        await RegisterAsync(SampleGroups.Pairs(DataType.BigInt, DataType.String));
        await WriteAsync("pairs", ("a", Longs(0, 1)), ("b", Texts("", "x")), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("empty", "full")));

        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("a", Longs(null, 1, null, 0, 1)), ("b", Texts("x", null, null, "", "x")), ("event_timestamp", Times(Hour(2), Hour(2), Hour(2), Hour(2), Hour(2)))],
            expected: [("value", Texts(null, null, null, "empty", "full"))]);
    }

    [Fact]
    public async Task A_null_time_is_refused_and_its_row_is_named()
    {
        await RegisterAsync(Users);

        var refused = await RefusesTrainingSetAsync<SchemaValidationException>(["age"], [("user_id", Longs(1, 2, 3)), ("event_timestamp", Times(Hour(1), null, null))]);

        Assert.Equal(("event_timestamp", 1), (refused.Column, refused.Row));
        Assert.Contains("event_timestamp", refused.Message, StringComparison.Ordinal);
        Assert.Contains("row 1", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_null_time_has_no_answers_where_the_caller_asks_for_that()
    {
        await RegisterAsync(Users, SampleGroups.Countries, SampleGroups.Rates);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await WriteAsync("countries", ("country", Texts("NO")), ("capital", Texts("Oslo")));
        await WriteAsync("rates", ("event_time", Times(Hour(1))), ("rate", Doubles(0.5)));

        await ExpectTrainingSetAsync(
            ["age", "capital", "rate"],
            spine: [("user_id", Longs(1, 1)), ("country", Texts("NO", "NO")), ("event_timestamp", Times(null, Hour(1)))],
            expected: [("age", Ints(null, 31)), ("capital", Texts(null, "Oslo")), ("rate", Doubles(null, 0.5))],
            new RetrievalOptions { AllowNullTimes = true });
    }

    [Fact]
    public async Task A_missing_key_column_is_refused()
    {
        await RegisterAsync(Users);

        var refused = await RefusesTrainingSetAsync<SchemaValidationException>(["age"], [("event_timestamp", Times(Hour(1)))]);

        Assert.Equal("user_id", refused.Column);
        Assert.Contains("user_id", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_time_column_is_refused()
    {
        await RegisterAsync(Users);

        var refused = await RefusesTrainingSetAsync<SchemaValidationException>(["age"], [("user_id", Longs(1))]);

        Assert.Equal("event_timestamp", refused.Column);
        Assert.Contains("event_timestamp", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_column_that_holds_no_times_is_refused()
    {
        await RegisterAsync(Users);

        foreach (var times in new Array[] { Texts("2024-01-01"), Longs(1_704_067_200), Doubles(1.5), Booleans(true) })
        {
            var refused = await RefusesTrainingSetAsync<SchemaValidationException>(["age"], [("user_id", Longs(1)), ("event_timestamp", times)]);
            Assert.Equal("event_timestamp", refused.Column);
        }
    }
}
