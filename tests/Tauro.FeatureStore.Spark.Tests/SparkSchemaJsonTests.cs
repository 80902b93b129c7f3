using Apache.Arrow.Types;
using Tauro.FeatureStore.Engines.Spark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Schemas as Spark writes them in JSON.</summary>
public sealed class SparkSchemaJsonTests
{
    [Theory]
    [InlineData("\"byte\"", "int32")]
    [InlineData("\"short\"", "int32")]
    [InlineData("\"integer\"", "int32")]
    [InlineData("\"long\"", "int64")]
    [InlineData("\"float\"", "float")]
    [InlineData("\"double\"", "double")]
    [InlineData("\"string\"", "utf8")]
    [InlineData("\"varchar(5)\"", "utf8")]
    [InlineData("\"char(5)\"", "utf8")]
    [InlineData("\"binary\"", "binary")]
    [InlineData("\"boolean\"", "bool")]
    [InlineData("\"date\"", "date32")]
    [InlineData("\"timestamp\"", "timestamp")]
    [InlineData("\"timestamp_ntz\"", "timestamp")]
    [InlineData("\"void\"", "null")]
    [InlineData("\"decimal(38,10)\"", "decimal128")]
    [InlineData("""{"type":"array","elementType":"long","containsNull":true}""", "list")]
    [InlineData("""{"type":"map","keyType":"string","valueType":"double","valueContainsNull":true}""", "map")]
    [InlineData("""{"type":"struct","fields":[{"name":"a","type":"date","nullable":true,"metadata":{}}]}""", "struct")]
    [InlineData("""{"type":"udt","class":"x.Y","sqlType":"long"}""", "int64")]
    public void Each_type_has_an_Arrow_type(string type, string arrow)
    {
        var field = Assert.Single(SparkSchemaJson.Read(Json(type)).FieldsList);

        Assert.Equal(("c d", arrow, false), (field.Name, field.DataType.Name, field.IsNullable));
        if (field.DataType is Decimal128Type number) Assert.Equal((38, 10), (number.Precision, number.Scale));
        if (field.DataType is TimestampType moment) Assert.Equal("UTC", moment.Timezone);
    }

    [Theory]
    [InlineData("\"interval day to second\"")]
    [InlineData("""{"type":"array","elementType":"variant","containsNull":true}""")]
    [InlineData("""{"type":"struct","fields":[{"name":"a","type":"calendarinterval","nullable":true,"metadata":{}}]}""")]
    [InlineData("""{"type":"geometry"}""")]
    public void A_type_without_one_is_refused_by_the_columns_name(string type)
    {
        var refused = Assert.Throws<VirtualizationQueryException>(() => SparkSchemaJson.Read(Json(type)));

        Assert.Contains("'c d'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Cast it to another type", refused.Message, StringComparison.Ordinal);
    }

    private static string Json(string type) => $$$"""{"type":"struct","fields":[{"name":"c d","type":{{{type}}},"nullable":false,"metadata":{}}]}""";
}
