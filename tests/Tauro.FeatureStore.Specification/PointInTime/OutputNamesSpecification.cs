namespace Tauro.FeatureStore.Specification;

/// <summary>What the columns of an answer are called: rule 18.</summary>
public abstract class OutputNamesSpecification(TestStore test) : UsersSpecification(test)
{
    [Fact]
    public async Task An_alias_names_the_column_else_the_feature_does()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectTrainingSetAsync(
            ["age as years", "users.city", "users@1.age", new FeatureReference("city", "users", 1) { Alias = "Town" }],
            spine: [("user_id", Longs(1)), ("event_timestamp", Times(Hour(1)))],
            expected: [("years", Ints(31)), ("city", Texts("Oslo")), ("age", Ints(31)), ("Town", Texts("Oslo"))]);
    }

    [Fact]
    public async Task A_column_has_the_features_own_spelling()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        using var spine = FeatureTable.FromColumns(("user_id", Longs(1)), ("event_timestamp", Times(Hour(1))));

        using var answer = await Store.GetTrainingSetAsync(["users.age"], spine, cancellationToken: Cancel);

        Assert.Equal(["user_id", "event_timestamp", "age"], answer.ColumnNames);
    }

    [Fact]
    public async Task Two_features_of_one_name_are_a_clash_that_an_alias_resolves()
    {
        await RegisterAsync(Users, SampleGroups.Countries with { Features = [new FeatureSchema("Age", DataType.Int)] });
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await WriteAsync("countries", ("country", Texts("NO")), ("Age", Ints(1200)));
        Columns spine = [("user_id", Longs(1)), ("country", Texts("NO")), ("event_timestamp", Times(Hour(1)))];

        var refused = await RefusesTrainingSetAsync<SchemaValidationException>(["users.age", "countries.Age"], spine);

        Assert.Contains("age", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(" as ", refused.Message, StringComparison.Ordinal);
        await ExpectTrainingSetAsync(["users.age", "countries.Age as country_age"], spine, expected: [("age", Ints(31)), ("country_age", Ints(1200))]);
    }

    [Theory]
    [InlineData("age")]
    [InlineData("AGE")]
    public async Task A_spine_column_of_a_features_name_is_a_clash_that_an_alias_resolves(string column)
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        Columns spine = [("user_id", Longs(1)), (column, Ints(7)), ("event_timestamp", Times(Hour(1)))];

        var refused = await RefusesTrainingSetAsync<SchemaValidationException>(["age"], spine);

        Assert.Contains(column, refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(" as ", refused.Message, StringComparison.Ordinal);
        await ExpectTrainingSetAsync(["age as age_then"], spine, expected: [("age_then", Ints(31))]);
    }

    [Theory]
    [InlineData("age", "age")]
    [InlineData("age", "city as AGE")]
    [InlineData("age as x", "city as X")]
    [InlineData("age as user_id", "city")]
    [InlineData("age as Event_Timestamp", "city")]
    public async Task A_clash_is_refused_without_regard_to_case(string first, string second)
    {
        await RegisterAsync(Users);

        await RefusesTrainingSetAsync<SchemaValidationException>([first, second], [("user_id", Longs(1)), ("event_timestamp", Times(Hour(1)))]);
    }

    [Fact]
    public async Task A_clash_with_a_key_is_refused_for_every_entity_too()
    {
        await RegisterAsync(Users);

        await RefusesEveryEntityAsync<SchemaValidationException>("age as USER_ID");
    }

    [Fact]
    public async Task A_clash_with_a_column_that_reports_a_match_is_refused()
    {
        await RegisterAsync(Users);

        await RefusesTrainingSetAsync<SchemaValidationException>(
            ["age as users__Matched"], [("user_id", Longs(1)), ("event_timestamp", Times(Hour(1)))], new RetrievalOptions { IncludeMatches = true });
        await RefusesTrainingSetAsync<SchemaValidationException>(
            ["age"], [("user_id", Longs(1)), ("users__event_time", Times(Hour(1))), ("event_timestamp", Times(Hour(1)))], new RetrievalOptions { IncludeMatches = true });
    }

    [Fact]
    public async Task The_groups_own_time_column_may_stand_in_the_spine()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectTrainingSetAsync(
            ["age"], spine: [("user_id", Longs(1)), ("event_time", Times(Hour(2)))], expected: [("age", Ints(31))], timeColumn: "event_time");
    }
}
