namespace Tauro.FeatureStore.Tests;

public sealed class FeatureGroupSchemaTests
{
    private static FeatureGroupSchema Valid => new("users")
    {
        EntityKeys = ["user_id"],
        TimestampKey = "at",
        Features = [new FeatureSchema("age", DataType.Int)],
    };

    public static TheoryData<string, FeatureGroupSchema> Invalid => new()
    {
        { "no features", Valid with { Features = [] } },
        { "declare the group static", Valid with { TimestampKey = null } },
        { "only one of them", Valid with { IsStatic = true } },
        { "'AGE' is declared twice", Valid with { EntityKeys = ["AGE"], Features = [new FeatureSchema("x", DataType.Int), new FeatureSchema("AGE", DataType.Int)] } },
        { "must be at least 1", Valid with { Version = 0 } },
        { "negative", Valid with { AvailabilityDelay = TimeSpan.FromTicks(-10) } },
        { "whole number of microseconds", Valid with { AvailabilityDelay = TimeSpan.FromTicks(5) } },
        { "greater than zero", Valid with { Lookback = TimeSpan.Zero } },
        { "greater than zero", Valid with { Lookback = TimeSpan.FromDays(-1) } },
        { "no Lookback", Valid with { TimestampKey = null, IsStatic = true, Lookback = TimeSpan.FromDays(1) } },
        { "no AvailabilityDelay", Valid with { TimestampKey = null, IsStatic = true, AvailabilityDelay = TimeSpan.FromDays(1) } },
        { "neither TIMESTAMP nor DATE", Valid with { TimestampType = DataType.BigInt } },
        { "vector length", Valid with { Features = [new FeatureSchema("age", DataType.Int) { VectorLength = 3 }] } },
        { "at least 1", Valid with { Features = [new FeatureSchema("v", DataType.Array(DataType.Float)) { VectorLength = 0 }] } },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Validate_names_the_group_and_the_remedy(string remedy, FeatureGroupSchema schema)
    {
        var error = Assert.Throws<SchemaValidationException>(schema.Validate);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.Contains("users", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_valid_schema_passes() => Valid.Validate();

    [Fact]
    public void Schemas_have_value_equality_and_cannot_be_changed_from_outside()
    {
        var features = new List<FeatureSchema> { new("age", DataType.Int) };
        var schema = Valid with { Features = features };
        features.Add(new FeatureSchema("late", DataType.Int));
        Assert.Equal(Valid, schema);
        Assert.Equal(Valid.GetHashCode(), schema.GetHashCode());
        Assert.NotEqual(Valid, Valid with { Description = "other" });
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a-b")]
    [InlineData("a b")]
    [InlineData("../up")]
    [InlineData("a;drop table x")]
    [InlineData("é")]
    [InlineData("__reserved")]
    [InlineData("а")] // Cyrillic
    public void Names_are_plain_identifiers(string name)
    {
        Assert.Throws<SchemaValidationException>(() => new FeatureSchema(name, DataType.Int));
        Assert.Throws<SchemaValidationException>(() => new EntityKey(name));
        Assert.Throws<SchemaValidationException>(() => new FeatureGroupSchema(name));
        Assert.Throws<SchemaValidationException>(() => new FeatureReference("f") { Alias = name });
    }

    [Fact]
    public void Names_have_at_most_128_characters_and_groups_start_with_a_letter()
    {
        _ = new FeatureGroupSchema(new string('a', 128));
        Assert.Throws<SchemaValidationException>(() => new FeatureGroupSchema(new string('a', 129)));
        Assert.Throws<SchemaValidationException>(() => new FeatureGroupSchema("_group"));
        _ = new FeatureSchema("_feature", DataType.Int);
    }

    [Theory]
    [InlineData("FLOAT")]
    [InlineData("DOUBLE")]
    [InlineData("ARRAY<INT>")]
    [InlineData("STRUCT<a: INT>")]
    public void Keys_cannot_be_of_every_type(string type) => Assert.Throws<SchemaValidationException>(() => new EntityKey("k", DataType.Parse(type)));

    [Theory]
    [InlineData("age", null, null, "age", null)]
    [InlineData("users.age", "users", null, "age", null)]
    [InlineData("users@2.age", "users", 2, "age", null)]
    [InlineData(" users@2.age  AS  x ", "users", 2, "age", "x")]
    public void References_are_read(string text, string? group, int? version, string feature, string? alias)
    {
        var reference = FeatureReference.Parse(text);
        Assert.Equal((group, version, feature, alias), (reference.Group, reference.Version, reference.Feature, reference.Alias));
        Assert.Equal(reference, FeatureReference.Parse(reference.ToString()));
    }

    [Theory]
    [InlineData("users@0.age")]
    [InlineData("users@x.age")]
    [InlineData("a.b.c")]
    [InlineData("age as")]
    [InlineData("age as 1x")]
    [InlineData("age x")]
    [InlineData("users.age; drop")]
    public void Malformed_references_are_refused(string text) => Assert.Throws<SchemaValidationException>(() => FeatureReference.Parse(text));
}
