using System.Text;
using System.Text.Json;
using CsCheck;

namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class DeltaStatisticsTests
{
    private const long Millisecond = 1_000;

    [Theory]
    [InlineData("INT", "-3", "-3")]
    [InlineData("BIGINT", "9007199254740993", "9007199254740993")]
    public void Integers_are_exact(string type, string value, string json) => AssertBoth(type, StatisticValue.Integer(long.Parse(value)), json);

    [Fact]
    public void Doubles_are_written_so_that_they_read_back()
    {
        AssertBoth("DOUBLE", StatisticValue.Double(0.1), "0.1");
        AssertBoth("DOUBLE", StatisticValue.Double(double.MaxValue), "1.7976931348623157E+308");
        AssertBoth("FLOAT", StatisticValue.Double(0.1f), "0.10000000149011612");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_JSON_cannot_say_is_left_out(double value) => Assert.Equal("{}", Written("DOUBLE", StatisticValue.Double(value), max: false));

    [Theory]
    [InlineData("DECIMAL(10,2)", 12345, 2, "123.45")]
    [InlineData("DECIMAL(10,2)", -5, 2, "-0.05")]
    [InlineData("DECIMAL(10,0)", 7, 0, "7")]
    public void Decimals_are_numbers_with_all_their_digits(string type, long unscaled, int scale, string json) =>
        AssertBoth(type, StatisticValue.Decimal(unscaled, scale), json);

    [Fact]
    public void Decimals_of_any_size_read_back() => Gen.Select(Gen.Long, Gen.Long[0, 9_999_999_999], Gen.Int[0, 28]).Sample((high, low, scale) =>
    {
        var unscaled = ((Int128)(high % 1_000_000_000_000_000_000) * 10_000_000_000) + low;
        AssertBoth($"DECIMAL(28,{scale})", StatisticValue.Decimal(unscaled, scale), null);
    }, iter: 2_000);

    [Theory]
    [InlineData("1E+2", 2, 10000)]
    [InlineData("1.5", 2, 150)]
    [InlineData("1.500", 2, 150)]
    [InlineData("1.505", 2, null)]
    [InlineData("123456789012345678901234567890", 0, null)]
    [InlineData("1E+27", 28, null)]
    [InlineData("1E+400", 0, null)]
    public void Decimals_of_other_programs_are_exact_or_unknown(string text, int scale, int? unscaled) => Assert.Equal((Int128?)unscaled, DecimalText.Parse(text, scale));

    [Theory]
    [InlineData(0, "1970-01-01")]
    [InlineData(-1, "1969-12-31")]
    [InlineData(20_513, "2026-03-01")]
    public void Dates_are_days(int days, string text) => AssertBoth("DATE", StatisticValue.Integer(days), $"\"{text}\"");

    [Theory]
    [InlineData(1_500, "1970-01-01T00:00:00.001Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999Z")]
    [InlineData(-1_000, "1969-12-31T23:59:59.999Z")]
    public void Timestamps_are_cut_to_milliseconds_and_still_bound(long micros, string text)
    {
        foreach (var max in new[] { false, true }) Assert.Equal($$"""{"c":"{{text}}"}""", Written("TIMESTAMP", StatisticValue.Integer(micros), max));
        var (min, greatest) = ReadBack("TIMESTAMP", StatisticValue.Integer(micros));
        Assert.InRange(micros, min!.Value.AsInteger, greatest!.Value.AsInteger);
        Assert.Equal(Millisecond - 1, greatest.Value.AsInteger - min.Value.AsInteger);
    }

    [Theory]
    [InlineData("2026-03-01T01:00:00.000+01:00", true)]
    [InlineData("2026-03-01T00:00:00Z", true)]
    [InlineData("2026-03-01T00:00:00.000", false)]
    [InlineData("2026-03-01", false)]
    [InlineData("+20260-03-01T00:00:00.000Z", false)]
    public void A_timestamp_without_a_zone_is_unknown(string text, bool known)
    {
        var read = ReadMin("TIMESTAMP", $"\"{text}\"");
        Assert.Equal(known ? UtcTime.FromDateTimeOffset(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)) : null, read?.AsInteger);
    }

    [Fact]
    public void Long_texts_are_cut_and_still_bound()
    {
        var text = new string('a', 31) + "bcd";
        Assert.Equal($$"""{"c":"{{text[..32]}}"}""", Written("STRING", Text(text), max: false));
        Assert.Equal($$"""{"c":"{{new string('a', 31)}}c"}""", Written("STRING", Text(text), max: true));
        Assert.Equal($$"""{"c":"{{text[..32]}}"}""", Written("STRING", Text(text[..32]), max: true));
    }

    [Theory]
    [InlineData(0xD7FF, 0xE000)]
    [InlineData(0xFFFF, 0x10000)]
    public void The_last_character_is_raised_to_the_next_that_there_is(int last, int raised) =>
        Assert.Equal(new string('a', 31) + new Rune(raised), StatisticText.AtLeast(Encoding.UTF8.GetBytes(new string('a', 31) + new Rune(last) + "x")));

    [Fact]
    public void A_greatest_text_with_none_above_it_is_left_out()
    {
        var text = string.Concat(Enumerable.Repeat(new Rune(0x10FFFF).ToString(), 33));
        Assert.Null(StatisticText.AtLeast(Encoding.UTF8.GetBytes(text)));
        Assert.Equal("b", StatisticText.AtLeast(Encoding.UTF8.GetBytes("a" + text)));
    }

    [Fact]
    public void Texts_bound_whatever_they_are_cut_from() => Gen.Select(Gen.Int[1, 0x10FFFF].Where(Rune.IsValid).Array[0, 40], Gen.Int[0, 3]).Sample((runes, cut) =>
    {
        var whole = Encoding.UTF8.GetBytes(string.Concat(runes.Select(rune => new Rune(rune).ToString())));
        var bytes = whole.AsSpan(0, Math.Max(0, whole.Length - cut)); // Parquet writers cut within characters.
        Assert.True(Encoding.UTF8.GetBytes(StatisticText.AtMost(bytes)).AsSpan().SequenceCompareTo(bytes) <= 0);
        if (StatisticText.AtLeast(bytes) is { } greatest) Assert.True(Encoding.UTF8.GetBytes(greatest).AsSpan().SequenceCompareTo(bytes) >= 0);
    }, iter: 5_000);

    [Fact]
    public void Nested_columns_and_booleans_have_no_bounds_and_structs_no_null_count()
    {
        var schema = new DeltaSchema(new[] { "ARRAY<INT>", "STRUCT<x: INT>", "BOOLEAN" }.Select((type, i) => new DeltaColumn($"c{i}", DataType.Parse(type), true)));
        var columns = schema.Columns.ToDictionary(column => column.Name, _ => new DeltaColumnStatistics(4, StatisticValue.Integer(0), StatisticValue.Integer(1)));
        Assert.Equal("""{"numRecords":9,"minValues":{},"maxValues":{},"nullCount":{"c0":4,"c2":4}}""", DeltaStatisticsJson.Write(9, columns, schema));
    }

    [Theory]
    [InlineData("INT", "\"seven\"")]
    [InlineData("INT", "1.5")]
    [InlineData("BIGINT", "1e300")]
    [InlineData("DATE", "\"soon\"")]
    [InlineData("STRING", "\"\\ud800\"")]
    [InlineData("STRING", "{}")]
    [InlineData("DOUBLE", "[]")]
    public void What_is_not_understood_is_unknown(string type, string json) => Assert.Null(ReadMin(type, json));

    private static StatisticValue Text(string text) => StatisticValue.Text(Encoding.UTF8.GetBytes(text));

    private static DeltaSchema Column(string type) => new([new DeltaColumn("c", DataType.Parse(type), Nullable: true)]);

    private static string WriteAll(string type, StatisticValue value) =>
        DeltaStatisticsJson.Write(1, new Dictionary<string, DeltaColumnStatistics> { ["c"] = new(0, value, value) }, Column(type));

    private static string Written(string type, StatisticValue value, bool max) =>
        JsonDocument.Parse(WriteAll(type, value)).RootElement.GetProperty(max ? "maxValues" : "minValues").GetRawText();

    private static (StatisticValue? Min, StatisticValue? Max) ReadBack(string type, StatisticValue value)
    {
        var read = DeltaStatisticsJson.Read(WriteAll(type, value), Column(type)).Columns["c"];
        Assert.Equal(0, read.NullCount);
        return (read.Min, read.Max);
    }

    private static StatisticValue? ReadMin(string type, string json) =>
        DeltaStatisticsJson.Read($$$"""{"numRecords":1,"minValues":{"c":{{{json}}}},"nullCount":{"c":0}}""", Column(type)).Columns["c"].Min;

    private static void AssertBoth(string type, StatisticValue value, string? json)
    {
        if (json is not null) Assert.Equal($$"""{"c":{{json}}}""", Written(type, value, max: true));
        Assert.Equal((value, value), ReadBack(type, value));
    }
}
