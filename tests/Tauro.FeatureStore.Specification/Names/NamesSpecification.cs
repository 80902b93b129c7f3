namespace Tauro.FeatureStore.Specification;

/// <summary>Which names are accepted, and that values never become part of a query: rule 32.</summary>
public abstract class NamesSpecification(TestStore test) : Specification(test)
{
    public static TheoryData<string> BadNames =>
    [
        "", " ", "1a", "a b", "a-b", "a.b", "a/b", "..", "../a", "a\\b", "a'b", "a\"b", "a;b", "a`b", "a\0b", "a\n", "ä", "a\u0301", "ａ", "__a", "__", new string('a', 129),
    ];

    [Theory]
    [MemberData(nameof(BadNames))]
    public void A_bad_name_is_refused_wherever_it_stands(string name)
    {
        Assert.Throws<SchemaValidationException>(() => new FeatureGroupSchema(name));
        Assert.Throws<SchemaValidationException>(() => new EntityKey(name));
        Assert.Throws<SchemaValidationException>(() => new FeatureSchema(name, DataType.Int));
        Assert.Throws<SchemaValidationException>(() => DataType.Struct((name, DataType.Int)));
        Assert.Throws<SchemaValidationException>(() => new FeatureReference(name));
        Assert.Throws<SchemaValidationException>(() => new FeatureReference("a", name));
        Assert.Throws<SchemaValidationException>(() => new FeatureReference("a") { Alias = name });
    }

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_bad_name_of_a_time_column_is_refused(string name)
    {
        await Assert.ThrowsAsync<SchemaValidationException>(() => RegisterAsync(SampleGroups.Rates with { TimestampKey = name }));
        await Assert.ThrowsAsync<SchemaValidationException>(() => RegisterAsync(SampleGroups.Rates with { CreatedTimestampKey = name }));
        Assert.Empty(Store.Metadata.ListFeatureGroups());
    }

    [Fact]
    public void A_group_name_starts_with_a_letter_and_other_names_with_an_underscore_too()
    {
        Assert.Throws<SchemaValidationException>(() => new FeatureGroupSchema("_a"));
        Assert.Equal("_a", new FeatureSchema("_a", DataType.Int).Name);
        Assert.Equal("_1", new EntityKey("_1").Name);
    }

    [Theory]
    [InlineData("id", "value", "VALUE")]
    [InlineData("id", "Id", "value")]
    [InlineData("id", "event_TIME", "value")]
    [InlineData("Event_Time", "a", "b")]
    public async Task Names_of_one_group_are_unique_without_regard_to_case(string key, string first, string second)
    {
        var schema = new FeatureGroupSchema("things")
        {
            EntityKeys = [key],
            TimestampKey = "event_time",
            Features = [new FeatureSchema(first, DataType.Int), new FeatureSchema(second, DataType.Int)],
        };

        await Assert.ThrowsAsync<SchemaValidationException>(() => RegisterAsync(schema));
    }

    [Fact]
    public async Task Names_of_groups_are_unique_without_regard_to_case()
    {
        await RegisterAsync(SampleGroups.Rates);

        await Assert.ThrowsAnyAsync<FeatureStoreException>(
            () => RegisterAsync(new FeatureGroupSchema("RATES") { IsStatic = true, Features = [new FeatureSchema("other", DataType.Int)] }));

        Assert.Equal(["rates"], Store.Metadata.ListFeatureGroups());
    }

    [Fact]
    public async Task Words_of_SQL_are_names_like_any_other()
    {
        await RegisterAsync(new FeatureGroupSchema("select")
        {
            EntityKeys = [new EntityKey("order", DataType.Int), new EntityKey("group", DataType.String)],
            TimestampKey = "timestamp",
            CreatedTimestampKey = "current_timestamp",
            Features =
            [
                new FeatureSchema("from", DataType.Int), new FeatureSchema("null", DataType.String), new FeatureSchema("row_number", DataType.Int),
                new FeatureSchema("_", DataType.Int),
            ],
        });
        await WriteAsync(
            "select", ("order", Ints(1)), ("group", Texts("g")), ("timestamp", Times(Hour(1))), ("current_timestamp", Times(Hour(1))),
            ("from", Ints(7)), ("null", Texts("x")), ("row_number", Ints(8)), ("_", Ints(9)));

        await ExpectTrainingSetAsync(
            ["from", "select.null", "row_number as table", "_"],
            spine: [("order", Ints(1, 2)), ("group", Texts("g", "g")), ("where", Ints(1, 2)), ("union", Times(Hour(1), Hour(1)))],
            expected: [("from", Ints(7, null)), ("null", Texts("x", null)), ("table", Ints(8, null)), ("_", Ints(9, null))],
            new RetrievalOptions { KnownAsOf = true },
            timeColumn: "union");
        await ExpectEveryEntityAsync(["from"], [("order", Ints(1)), ("group", Texts("g")), ("from", Ints(7))]);
    }

    [Fact]
    public async Task The_longest_names_work()
    {
        var (group, key, time, feature) = (new string('g', 128), new string('k', 128), new string('t', 128), new string('f', 128));
        await RegisterAsync(new FeatureGroupSchema(group)
        {
            EntityKeys = [new EntityKey(key, DataType.Int)],
            TimestampKey = time,
            Features = [new FeatureSchema(feature, DataType.Int)],
        });
        await WriteAsync(group, (key, Ints(1)), (time, Times(Hour(1))), (feature, Ints(7)));

        await ExpectTrainingSetAsync([$"{group}.{feature}"], spine: [(key, Ints(1)), ("event_timestamp", Times(Hour(1)))], expected: [(feature, Ints(7))]);
    }

    [Fact]
    public async Task A_value_is_data_whatever_it_says()
    {
        string[] values = ["x' OR '1'='1", "\"; DROP TABLE things; --", "$as_of", "{0}", "%", "_", "\\", "''", "*/", "NULL", "null", "1e3", "2024-01-01"];
        await RegisterAsync(SampleGroups.Keyed(DataType.String));
        await WriteAsync("things", ("id", values), ("event_time", Array.ConvertAll(values, _ => Hour(1))), ("value", values));

        string[] asked = [.. values.Reverse(), "x", ""];
        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("id", asked), ("event_timestamp", Array.ConvertAll(asked, _ => Hour(2)))],
            expected: [("value", Array.ConvertAll(asked, value => values.Contains(value) ? value : null))]);
        await ExpectLatestAsync(["value"], [("id", values)], [("value", values)]);
    }
}
