namespace Tauro.FeatureStore.Specification;

/// <summary>Several groups in one request, static ones and global ones: rules 11, 12 and 13.</summary>
public abstract class SeveralGroupsSpecification(TestStore test) : UsersSpecification(test)
{
    [Fact]
    public async Task Each_group_is_answered_on_its_own()
    {
        await RegisterAsync(Users, SampleGroups.Countries, SampleGroups.Rates, SampleGroups.Airports);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(3), 33, "Rome"), (2, Hour(2), 42, "Bern"));
        await WriteAsync("countries", ("country", Texts("NO", "IT")), ("capital", Texts("Oslo", "Rome")));
        await WriteAsync("rates", ("event_time", Times(Hour(2), Hour(4))), ("rate", Doubles(0.2, 0.4)));
        await WriteAsync("airports", ("airport", Texts("OSL")), ("event_time", Times(Hour(2))), ("queue", Ints(7)), ("weather", Texts("snow")));

        await ExpectTrainingSetAsync(
            ["queue", "users.age", "rate", "capital", "users.city", "weather"],
            spine:
            [
                ("airport", Texts("OSL", "OSL", "FCO", null, "OSL")), ("user_id", Longs(1, 1, 2, null, 1)), ("country", Texts("IT", "NO", "XX", "NO", "IT")),
                ("event_timestamp", Times(Hour(1), Hour(2), Hour(4), Hour(3), Hour(1))),
            ],
            expected:
            [
                ("queue", Ints(null, 7, null, null, null)), ("age", Ints(31, 31, 42, null, 31)), ("rate", Doubles(null, 0.2, 0.4, 0.2, null)),
                ("capital", Texts("Rome", "Oslo", null, "Oslo", "Rome")), ("city", Texts("Oslo", "Oslo", "Bern", null, "Oslo")), ("weather", Texts(null, "snow", null, null, null)),
            ]);
    }

    [Fact]
    public async Task Groups_with_rows_without_number_do_not_multiply_the_spine()
    {
        await RegisterAsync(Users, SampleGroups.Rates);
        await WriteUsersAsync([.. Enumerable.Range(0, 300).Select(i => (1L, Hour(i), (int?)i, (string?)null))]);
        await WriteAsync("rates", ("event_time", Enumerable.Range(0, 300).Select(i => Hour(i)).ToArray()), ("rate", Enumerable.Range(0, 300).Select(i => i / 2d).ToArray()));

        var moments = Enumerable.Range(0, 1000).Select(i => i * 7 % 300).ToArray();
        await ExpectTrainingSetAsync(
            ["age", "rate"],
            spine: [("user_id", Array.ConvertAll(moments, _ => 1L)), ("event_timestamp", Array.ConvertAll(moments, i => Hour(i)))],
            expected: [("age", moments), ("rate", Array.ConvertAll(moments, i => i / 2d))]);
    }

    [Fact]
    public async Task One_group_may_be_used_twice_with_mapped_keys()
    {
        await RegisterAsync(SampleGroups.Airports);
        await WriteAsync(
            "airports", ("airport", Texts("OSL", "FCO", "OSL")), ("event_time", Times(Hour(1), Hour(1), Hour(2))), ("queue", Ints(7, 9, 8)), ("weather", Texts("snow", "sun", "fog")));

        await ExpectTrainingSetAsync(
            [Airport("queue", "origin"), Airport("weather", "origin"), Airport("queue", "destination"), Airport("weather", "destination")],
            spine:
            [
                ("origin", Texts("OSL", "FCO", "OSL", null)), ("destination", Texts("FCO", "OSL", "OSL", "FCO")),
                ("event_timestamp", Times(Hour(1), Hour(2), Hour(0), Hour(3))),
            ],
            expected:
            [
                ("origin_queue", Ints(7, 9, null, null)), ("origin_weather", Texts("snow", "sun", null, null)),
                ("destination_queue", Ints(9, 8, null, 9)), ("destination_weather", Texts("sun", "fog", null, "sun")),
            ]);
    }

    [Fact]
    public async Task A_group_under_mapped_keys_stands_beside_the_same_group_under_its_own()
    {
        await RegisterAsync(SampleGroups.Airports);
        await WriteAsync("airports", ("airport", Texts("OSL", "FCO")), ("event_time", Times(Hour(1), Hour(2))), ("queue", Ints(7, 9)), ("weather", Texts("snow", "sun")));

        await ExpectTrainingSetAsync(
            ["queue", Airport("queue", "destination")],
            spine: [("airport", Texts("OSL", "FCO")), ("destination", Texts("FCO", "XXX")), ("event_timestamp", Times(Hour(2), Hour(2)))],
            expected:
            [
                ("queue", Ints(7, 9)), ("destination_queue", Ints(9, null)),
                ("airports__event_time", Times(Hour(1), Hour(2))), ("airports__matched", Booleans(true, true)),
                ("destination_queue__event_time", Times(Hour(2), null)), ("destination_queue__matched", Booleans(true, false)),
            ],
            new RetrievalOptions { IncludeMatches = true });
    }

    [Fact]
    public async Task One_key_of_several_may_be_mapped()
    {
        await RegisterAsync(SampleGroups.Pairs(DataType.BigInt, DataType.String));
        await WriteAsync("pairs", ("a", Longs(1, 1)), ("b", Texts("x", "y")), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("1x", "1y")));

        await ExpectTrainingSetAsync(
            ["value", new FeatureReference("value") { Alias = "other", KeyColumns = new Dictionary<string, string> { ["b"] = "c" } }],
            spine: [("a", Longs(1, 1)), ("b", Texts("x", "y")), ("c", Texts("y", "z")), ("event_timestamp", Times(Hour(1), Hour(1)))],
            expected: [("value", Texts("1x", "1y")), ("other", Texts("1y", null))]);
    }

    [Fact]
    public async Task A_mapping_to_a_column_that_the_spine_lacks_is_refused()
    {
        await RegisterAsync(SampleGroups.Airports);

        var refused = await RefusesTrainingSetAsync<SchemaValidationException>(
            [Airport("queue", "origin")], [("airport", Texts("OSL")), ("event_timestamp", Times(Hour(1)))]);

        Assert.Equal("origin", refused.Column);
        Assert.Contains("origin", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapping_of_a_key_that_the_group_lacks_is_refused()
    {
        await RegisterAsync(SampleGroups.Airports);
        var reference = new FeatureReference("queue") { KeyColumns = new Dictionary<string, string> { ["port"] = "origin" } };

        var refused = await RefusesTrainingSetAsync<SchemaValidationException>(
            [reference], [("airport", Texts("OSL")), ("origin", Texts("OSL")), ("event_timestamp", Times(Hour(1)))]);

        Assert.Contains("port", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_versions_of_a_group_are_two_groups()
    {
        await RegisterAsync(Users, Users with { Version = 2, Features = [new FeatureSchema("age", DataType.String)] });
        await WriteAsync("users@1", ("user_id", Longs(1)), ("event_time", Times(Hour(1))), ("age", Ints(31)), ("city", Texts("Oslo")));
        await WriteAsync("users@2", ("user_id", Longs(1)), ("event_time", Times(Hour(2))), ("age", Texts("thirty-two")));

        await ExpectTrainingSetAsync(
            ["users@1.age as age_1", "users@2.age as age_2", "users.age"],
            spine: [("user_id", Longs(1, 1)), ("event_timestamp", Times(Hour(1), Hour(2)))],
            expected: [("age_1", Ints(31, 31)), ("age_2", Texts(null, "thirty-two")), ("age", Texts(null, "thirty-two"))]);
    }

    [Fact]
    public async Task A_static_group_answers_with_the_last_write_at_any_moment()
    {
        await RegisterAsync(SampleGroups.Countries);
        await WriteAsync("countries", ("country", Texts("NO", "IT", "NO")), ("capital", Texts("Christiania", "Rome", "Kristiania")));
        await WriteAsync("countries", ("country", Texts("NO")), ("capital", Texts("Oslo")));

        await ExpectTrainingSetAsync(
            ["capital"],
            spine: [("country", Texts("NO", "IT", "NO", "no")), ("event_timestamp", Times(new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero), Hour(1), Hour(99), Hour(1)))],
            expected: [("capital", Texts("Oslo", "Rome", "Oslo", null))]);
    }

    [Fact]
    public async Task A_static_row_is_neither_too_old_nor_an_exact_match()
    {
        await RegisterAsync(SampleGroups.Countries);
        await WriteAsync("countries", ("country", Texts("NO")), ("capital", Texts("Oslo")));

        await ExpectTrainingSetAsync(
            ["capital"],
            spine: [("country", Texts("NO")), ("event_timestamp", Times(Hour(1)))],
            expected: [("capital", Texts("Oslo"))],
            new RetrievalOptions { Lookback = Microsecond, AllowExactMatches = false });
    }

    [Fact]
    public async Task The_last_row_of_a_static_group_answers_also_where_it_holds_null()
    {
        NeedsWriteSequence();
        await RegisterAsync(SampleGroups.Countries);
        await WriteAsync("countries", ("country", Texts("NO", "NO")), ("capital", Texts("Oslo", null)));

        await ExpectTrainingSetAsync(
            ["capital", new FeatureReference("capital") { Alias = "known_capital", SkipNulls = true }],
            spine: [("country", Texts("NO")), ("event_timestamp", Times(Hour(1)))],
            expected: [("capital", Texts((string?)null)), ("known_capital", Texts("Oslo"))]);
    }

    [Fact]
    public async Task A_group_without_a_timestamp_must_be_declared_static()
    {
        var refused = await Assert.ThrowsAsync<SchemaValidationException>(() => RegisterAsync(SampleGroups.Countries with { IsStatic = false }));

        Assert.Contains("static", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Store.Metadata.ListFeatureGroups());
    }

    [Fact]
    public async Task A_group_with_a_timestamp_is_never_static()
    {
        await Assert.ThrowsAsync<SchemaValidationException>(() => RegisterAsync(Users with { IsStatic = true }));
    }

    [Fact]
    public async Task A_static_group_has_neither_delay_nor_lookback()
    {
        await Assert.ThrowsAsync<SchemaValidationException>(() => RegisterAsync(SampleGroups.Countries with { AvailabilityDelay = TimeSpan.FromHours(1) }));
        await Assert.ThrowsAsync<SchemaValidationException>(() => RegisterAsync(SampleGroups.Countries with { Lookback = TimeSpan.FromHours(1) }));
    }

    [Fact]
    public async Task Global_values_answer_with_the_latest_as_of_each_moment()
    {
        await RegisterAsync(SampleGroups.Rates);
        await WriteAsync("rates", ("event_time", Times(Hour(3), Hour(1), Hour(2), Hour(2))), ("rate", Doubles(0.3, 0.1, 9.9, 0.2)));

        await ExpectTrainingSetAsync(
            ["rate"],
            spine: [("event_timestamp", Times(Hour(2), Hour(0), Hour(9), Hour(1), Hour(2))), ("label", Ints(1, 2, 3, 4, 5))],
            expected: [("rate", Doubles(0.2, null, 0.3, 0.1, 0.2))]);
    }

    [Fact]
    public async Task Global_values_obey_lookback_and_known_as_of()
    {
        await RegisterAsync(SampleGroups.Rates with { CreatedTimestampKey = "created_time", Lookback = TimeSpan.FromHours(2) });
        await WriteAsync("rates", ("event_time", Times(Hour(1), Hour(2))), ("created_time", Times(Hour(1), Hour(4))), ("rate", Doubles(0.1, 0.2)));

        Columns spine = [("event_timestamp", Times(Hour(2), Hour(3), Hour(4), Hour(5)))];
        await ExpectTrainingSetAsync(["rate"], spine, expected: [("rate", Doubles(0.2, 0.2, 0.2, null))]);
        await ExpectTrainingSetAsync(["rate"], spine, expected: [("rate", Doubles(0.1, 0.1, 0.2, null))], KnownAsOf);
    }

    private static FeatureReference Airport(string feature, string column) => new(feature, "airports")
    {
        Alias = $"{column}_{feature}",
        KeyColumns = new Dictionary<string, string> { ["airport"] = column },
    };
}
