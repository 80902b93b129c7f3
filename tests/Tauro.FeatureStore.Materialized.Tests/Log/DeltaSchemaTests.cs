namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class DeltaSchemaTests
{
    private static readonly DeltaTable Table = new("g", "/t");

    public static TheoryData<string, string> Types => new()
    {
        { "INT", "\"integer\"" },
        { "BIGINT", "\"long\"" },
        { "FLOAT", "\"float\"" },
        { "DOUBLE", "\"double\"" },
        { "DECIMAL(28,3)", "\"decimal(28,3)\"" },
        { "STRING", "\"string\"" },
        { "BOOLEAN", "\"boolean\"" },
        { "TIMESTAMP", "\"timestamp\"" },
        { "DATE", "\"date\"" },
        { "ARRAY<FLOAT>", """{"type":"array","elementType":"float","containsNull":true}""" },
        { "MAP<STRING, DECIMAL(10,2)>", """{"type":"map","keyType":"string","valueType":"decimal(10,2)","valueContainsNull":true}""" },
        { "STRUCT<lat: DOUBLE, tags: ARRAY<STRING>>", """{"type":"struct","fields":[{"name":"lat","type":"double","nullable":true,"metadata":{}},{"name":"tags","type":{"type":"array","elementType":"string","containsNull":true},"nullable":true,"metadata":{}}]}""" },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_data_type_has_a_name_in_the_log_and_back(string type, string json)
    {
        var schema = new DeltaSchema([new DeltaColumn("c", DataType.Parse(type), Nullable: false)]);
        var text = $$$"""{"type":"struct","fields":[{"name":"c","type":{{{json}}},"nullable":false,"metadata":{}}]}""";
        Assert.Equal(text, DeltaSchemaJson.Write(schema));
        Assert.Equal(schema, DeltaSchemaJson.Read(Table, text));
    }

    [Fact]
    public void No_kind_of_data_type_is_left_out() =>
        Assert.Equal(Enum.GetValues<DataTypeKind>(), Types.Select(row => DataType.Parse(row.Data.Item1).Kind).Distinct().Order());

    [Theory]
    [InlineData("byte", "INT")]
    [InlineData("short", "INT")]
    public void Smaller_integers_of_other_programs_widen(string name, string type) => Assert.Equal(DataType.Parse(type), Read($"\"{name}\""));

    [Theory]
    [InlineData("\"binary\"")]
    [InlineData("\"variant\"")]
    [InlineData("\"void\"")]
    [InlineData("\"timestamp_ntz\"")]
    [InlineData("\"interval day to second\"")]
    [InlineData("\"decimal(38,10)\"")]
    [InlineData("""{"type":"array","elementType":"binary","containsNull":true}""")]
    [InlineData("""{"type":"udt","class":"x"}""")]
    [InlineData("""{"type":"struct","fields":[{"name":"a b","type":"long","nullable":true,"metadata":{}}]}""")]
    public void Types_without_a_counterpart_are_refused_with_the_column(string json) =>
        Assert.Contains("column 'odd'", Assert.Throws<UnsupportedTableException>(() => Read(json, "odd")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"type":"array"}""")]
    public void Malformed_types_are_damage(string json) => Assert.Throws<MetadataException>(() => Read(json));

    [Fact]
    public void Columns_that_differ_in_case_only_are_refused() => Assert.Throws<UnsupportedTableException>(() => DeltaSchemaJson.Read(Table,
        """{"type":"struct","fields":[{"name":"a","type":"long","nullable":true,"metadata":{}},{"name":"A","type":"long","nullable":true,"metadata":{}}]}"""));

    [Theory]
    [InlineData("a INT?, b STRING", "a INT?, b STRING, c DATE?", true)]
    [InlineData("a INT?, b STRING", "b STRING?, a INT?", true)]
    [InlineData("a INT?, b STRING", "a INT?, b STRING, c DATE", false)]
    [InlineData("a INT?, b STRING", "a INT, b STRING", false)]
    [InlineData("a INT?, b STRING", "a BIGINT?, b STRING", false)]
    [InlineData("a INT?, b STRING", "a INT?", false)]
    [InlineData("a INT?, b STRING", "A INT?, b STRING", false)]
    public void A_schema_extends_another_where_old_rows_fit(string older, string newer, bool expected) => Assert.Equal(expected, Parse(newer).Extends(Parse(older)));

    private static DataType Read(string json, string name = "c") =>
        DeltaSchemaJson.Read(Table, $$$"""{"type":"struct","fields":[{"name":"{{{name}}}","type":{{{json}}},"nullable":true,"metadata":{}}]}""").Columns[0].Type;

    private static DeltaSchema Parse(string text) => new(text.Split(", ").Select(column =>
        new DeltaColumn(column.Split(' ')[0], DataType.Parse(column.Split(' ')[1].TrimEnd('?')), column.EndsWith('?'))));
}
