namespace Tauro.FeatureStore.Specification;

/// <summary>How a request names features, and what is said about names that stand for none or for several.</summary>
public abstract class FeatureReferencesSpecification(TestStore test) : UsersSpecification(test)
{
    private static readonly Columns User = [("user_id", Longs(1))];

    [Fact]
    public async Task A_plain_name_works_where_one_group_has_the_feature()
    {
        await RegisterAsync(Users, SampleGroups.Rates);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectLatestAsync(["age", "users.city"], User, [("age", Ints(31)), ("city", Texts("Oslo"))]);
    }

    [Fact]
    public async Task An_ambiguous_name_is_refused_and_the_candidates_are_listed()
    {
        await RegisterAsync(Users, Customers);

        var refused = await RefusesLatestAsync<FeatureNotFoundException>(["age"], User);

        Assert.Contains("users.age", refused.Message, StringComparison.Ordinal);
        Assert.Contains("customers.age", refused.Message, StringComparison.Ordinal);
        Assert.Equal("age", refused.Feature);
    }

    [Fact]
    public async Task A_group_resolves_an_ambiguous_name()
    {
        await RegisterAsync(Users, Customers);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await WriteAsync("customers", ("user_id", Longs(1)), ("event_time", Times(Hour(1))), ("age", Ints(99)));

        await ExpectLatestAsync(["customers.age", "users.age as user_age"], User, [("age", Ints(99)), ("user_age", Ints(31))]);
    }

    [Fact]
    public async Task An_unknown_feature_is_refused()
    {
        await RegisterAsync(Users);

        var plain = await RefusesLatestAsync<FeatureNotFoundException>(["height"], User);
        Assert.Contains("height", plain.Message, StringComparison.Ordinal);
        var qualified = await RefusesLatestAsync<FeatureNotFoundException>(["users.height"], User);
        Assert.Contains("age", qualified.Message, StringComparison.Ordinal);
        Assert.Equal("height", qualified.Feature);
    }

    [Fact]
    public async Task An_unknown_group_or_version_is_refused()
    {
        await RegisterAsync(Users);

        var group = await RefusesLatestAsync<FeatureGroupNotFoundException>(["people.age"], User);
        Assert.Contains("people", group.Message, StringComparison.Ordinal);
        var version = await RefusesLatestAsync<FeatureGroupNotFoundException>(["users@2.age"], User);
        Assert.Contains("2", version.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_versions_stay_readable_and_the_latest_is_the_default()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await RegisterAsync(Users with { Version = 2, Features = [new FeatureSchema("age", DataType.Double)] });
        await WriteAsync("users", ("user_id", Longs(1)), ("event_time", Times(Hour(1))), ("age", Doubles(31.5)));

        await ExpectLatestAsync(["users.age"], User, [("age", Doubles(31.5))]);
        await ExpectLatestAsync(["age"], User, [("age", Doubles(31.5))]);
        await ExpectLatestAsync(["users@1.age", "users@1.city", "users@2.age as age_2"], User, [("age", Ints(31)), ("city", Texts("Oslo")), ("age_2", Doubles(31.5))]);
        await RefusesLatestAsync<FeatureNotFoundException>(["users@2.city"], User);
    }

    [Fact]
    public async Task A_breaking_change_is_refused_and_what_was_registered_stays()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        var refused = await Assert.ThrowsAsync<FeatureRegistryException>(() => RegisterAsync(Users with { Features = [new FeatureSchema("age", DataType.String)] }));

        Assert.Contains("age", refused.Message, StringComparison.Ordinal);
        Assert.Contains("city", refused.Message, StringComparison.Ordinal);
        await ExpectLatestAsync(["age", "city"], User, [("age", Ints(31)), ("city", Texts("Oslo"))]);
    }

    [Fact]
    public async Task Registering_the_same_schema_again_changes_nothing()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await RegisterAsync(Users);

        Assert.Equal(["users"], Store.Metadata.ListFeatureGroups());
        Assert.Equal(["age", "city"], Store.Metadata.ListFeatures("users"));
        await ExpectLatestAsync(["age"], User, [("age", Ints(31))]);
    }

    [Theory]
    [InlineData("users.")]
    [InlineData(".age")]
    [InlineData("users@.age")]
    [InlineData("users@0.age")]
    [InlineData("users@-1.age")]
    [InlineData("users@x.age")]
    [InlineData("users.age.more")]
    [InlineData("age as")]
    [InlineData("age as a b")]
    [InlineData("age city")]
    [InlineData("age as 1")]
    [InlineData("age; DROP TABLE users")]
    public void A_text_that_is_no_reference_is_refused(string text) => Assert.Throws<SchemaValidationException>(() => FeatureReference.Parse(text));

    private static FeatureGroupSchema Customers => new("customers")
    {
        EntityKeys = Users.EntityKeys,
        TimestampKey = "event_time",
        Features = [new FeatureSchema("age", DataType.Int)],
    };
}
