namespace Tauro.FeatureStore.Tests;

public sealed class DataTypeTests
{
    public static TheoryData<string> Names => ["INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(10,2)", "STRING", "BOOLEAN", "TIMESTAMP", "DATE", "ARRAY<FLOAT>",
        "MAP<STRING, DECIMAL(28,0)>", "STRUCT<lat: DOUBLE, tags: ARRAY<MAP<INT, STRUCT<a: DATE>>>>"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parse_reads_back_what_ToString_writes(string name) => Assert.Equal(name, DataType.Parse(name).ToString());

    [Theory]
    [MemberData(nameof(Names))]
    public void Types_of_equal_meaning_are_equal(string name)
    {
        Assert.Equal(DataType.Parse(name), DataType.Parse(name));
        Assert.Equal(DataType.Parse(name).GetHashCode(), DataType.Parse(name).GetHashCode());
        Assert.Single(Names.Select(other => DataType.Parse(other.Data)), other => other == DataType.Parse(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("INTEGER")]
    [InlineData("DECIMAL(29,2)")]
    [InlineData("DECIMAL(4,5)")]
    [InlineData("ARRAY<INT")]
    [InlineData("MAP<ARRAY<INT>, INT>")]
    [InlineData("STRUCT<a: INT, A: INT>")]
    [InlineData("INT x")]
    public void Parse_refuses_what_is_no_type(string text) => Assert.Throws<SchemaValidationException>(() => DataType.Parse(text));
}
