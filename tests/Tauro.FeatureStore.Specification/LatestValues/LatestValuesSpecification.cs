namespace Tauro.FeatureStore.Specification;

/// <summary>The values of some entities at one moment: rule 19.</summary>
public abstract class LatestValuesSpecification(TestStore test) : UsersSpecification(test)
{
    [Fact]
    public async Task One_row_for_each_requested_entity_in_the_requested_order()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), 41, "Rome"), (1, Hour(2), 32, "Bern"), (3, Hour(1), null, null));

        await ExpectLatestAsync(
            ["city", "age"],
            entities: [("user_id", Longs(2, 9, 1, 2, null, 3))],
            expected: [("city", Texts("Rome", null, "Bern", "Rome", null, null)), ("age", Ints(41, null, 32, 41, null, null))]);
    }

    [Fact]
    public async Task As_of_a_moment()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Bern"), (2, Hour(3), 41, "Rome"));

        await ExpectLatestAsync(["age"], [("user_id", Longs(1, 2))], [("age", Ints(31, null))], Hour(1));
        await ExpectLatestAsync(["age"], [("user_id", Longs(1, 2))], [("age", Ints(32, null))], Hour(2));
        await ExpectLatestAsync(["age"], [("user_id", Longs(1, 2))], [("age", Ints(32, 41))], Hour(3));
    }

    [Fact]
    public async Task Now_is_the_moment_where_none_is_given()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Now.AddHours(-1), 31, "Oslo"), (1, Now, 32, "now"), (1, Now.AddHours(1), 33, "later"));

        await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(32))]);
        await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(31))], options: NoExactMatches);
        Clock.Advance(TimeSpan.FromHours(1));
        await ExpectLatestAsync(["age"], [("user_id", Longs(1))], [("age", Ints(33))]);
    }

    [Fact]
    public async Task The_columns_of_entities_are_read_as_rows_and_never_multiplied()
    {
        await RegisterAsync(SampleGroups.Pairs(DataType.BigInt, DataType.String));
        await WriteAsync("pairs", ("a", Longs(1, 1, 2)), ("b", Texts("x", "y", "x")), ("event_time", Times(Hour(1), Hour(1), Hour(1))), ("value", Texts("1x", "1y", "2x")));

        using var answer = await Store.GetFeaturesAsync(
            ["value"], new Dictionary<string, Array> { ["a"] = Longs(1, 2), ["b"] = Texts("y", "x") }, cancellationToken: Cancel);

        TableAssert.Equal([("a", Longs(1, 2)), ("b", Texts("y", "x")), ("value", Texts("1y", "2x"))], answer);
    }

    [Fact]
    public async Task The_columns_of_entities_have_equal_length()
    {
        await RegisterAsync(SampleGroups.Pairs(DataType.BigInt, DataType.String));

        var refused = await RefusesLatestAsync<SchemaValidationException>(["value"], [("a", Longs(1, 2)), ("b", Texts("y"))]);

        Assert.Equal("b", refused.Column);
    }

    [Fact]
    public async Task Groups_with_other_keys_are_answered_together()
    {
        await RegisterAsync(Users, SampleGroups.Countries, SampleGroups.Rates);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await WriteAsync("countries", ("country", Texts("NO")), ("capital", Texts("Oslo")));
        await WriteAsync("rates", ("event_time", Times(Hour(1), Hour(2))), ("rate", Doubles(0.1, 0.2)));

        await ExpectLatestAsync(
            ["capital", "rate", "age"],
            entities: [("country", Texts("NO", "IT")), ("segment", Ints(4, null)), ("user_id", Longs(2, 1))],
            expected: [("capital", Texts("Oslo", null)), ("rate", Doubles(0.2, 0.2)), ("age", Ints(null, 31))]);
    }

    [Fact]
    public async Task A_missing_key_column_is_refused()
    {
        await RegisterAsync(Users);

        var refused = await RefusesLatestAsync<SchemaValidationException>(["age"], [("id", Longs(1))]);

        Assert.Equal("user_id", refused.Column);
    }

    [Fact]
    public async Task A_request_names_at_least_one_feature()
    {
        await RegisterAsync(Users);

        await RefusesLatestAsync<SchemaValidationException>([], [("user_id", Longs(1))]);
    }
}
