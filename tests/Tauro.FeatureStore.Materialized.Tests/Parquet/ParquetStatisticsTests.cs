using System.Text;

namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class ParquetStatisticsTests : ParquetFixture
{
    [Theory]
    [InlineData("INT", int.MinValue, (long)int.MaxValue)]
    [InlineData("BIGINT", long.MinValue, long.MaxValue)]
    [InlineData("BOOLEAN", 0, 1)]
    [InlineData("DATE", -719_162, 2_932_896)]
    [InlineData("TIMESTAMP", -62_135_596_800_000_000, 253_402_300_799_999_999)]
    public async Task Integers_and_times_have_bounds(string name, long min, long max)
    {
        var type = DataType.Parse(name);
        var (path, statistics) = await WriteAsync(type, ParquetRoundTripTests.Hard(type));
        Assert.Equal(ParquetBounds.Of(min, max), statistics.Columns[0].Bounds);
        await using var reader = await OpenAsync(path);
        Assert.Equal(type != DataType.Boolean, reader.TryGetBounds(0, "value", out var least, out var greatest));
        if (type != DataType.Boolean) Assert.Equal((min, max), (least, greatest));
    }

    [Fact]
    public async Task Doubles_have_bounds_unless_a_NaN_is_among_them()
    {
        object?[] many = [.. Enumerable.Range(-50, 101).Select(number => (object?)(double)number)];
        Assert.Equal((-50d, 50d), await Bounds(many));
        foreach (var at in new[] { 0, 1, 37, 99, 100 })
        {
            var spoiled = (object?[])many.Clone();
            spoiled[at] = double.NaN;
            Assert.Null(await Bounds(spoiled));
        }

        Assert.Equal((double.NegativeInfinity, double.PositiveInfinity), await Bounds(double.PositiveInfinity, double.NegativeInfinity));
        var zeros = (await WriteAsync(DataType.Double, [0d])).Statistics.Columns[0].Bounds!.Value;
        Assert.True(double.IsNegative(zeros.Min.Number) && !double.IsNegative(zeros.Max.Number));
        zeros = (await WriteAsync(DataType.Float, [-0f])).Statistics.Columns[0].Bounds!.Value;
        Assert.True(double.IsNegative(zeros.Min.Number) && !double.IsNegative(zeros.Max.Number));

        async Task<(double, double)?> Bounds(params object?[] values)
        {
            var bounds = (await WriteAsync(DataType.Double, values)).Statistics.Columns[0].Bounds;
            return bounds is { } found ? (found.Min.Number, found.Max.Number) : null;
        }
    }

    [Fact]
    public async Task A_NaN_in_one_row_group_leaves_the_file_without_bounds()
    {
        ParquetColumn[] columns = [new("value", DataType.Double, true)];
        var (_, statistics) = await WriteAsync(columns,
            Batch(columns, Cells.Build(DataType.Double, [1d])), Batch(columns, Cells.Build(DataType.Double, [double.NaN, null])), Batch(columns, Cells.Build(DataType.Double, [2d])));
        Assert.Equal((4L, 1L, (ParquetBounds?)null), (statistics.RowCount, statistics.Columns[0].NullCount, statistics.Columns[0].Bounds));
    }

    [Fact]
    public async Task Decimals_have_unscaled_bounds_and_row_groups_are_joined()
    {
        ParquetColumn[] columns = [new("value", DataType.Decimal(28, 2), true)];
        var (_, statistics) = await WriteAsync(columns,
            Batch(columns, Cells.Build(columns[0].Type, [1.5m, null])), Batch(columns, Cells.Build(columns[0].Type, [null])), Batch(columns, Cells.Build(columns[0].Type, [-99999999999999999999999999.99m])));
        Assert.Equal(2, statistics.Columns[0].NullCount);
        Assert.Equal(ParquetBounds.OfUnscaled(Int128.Parse("-9999999999999999999999999999", null), 150), statistics.Columns[0].Bounds);
    }

    [Fact]
    public async Task Strings_have_bounds_in_the_order_of_their_bytes()
    {
        var (_, statistics) = await WriteAsync(DataType.String, ["b", null, "\U0001F600", "\uFFFD", "a\0"]);
        var bounds = statistics.Columns[0].Bounds!.Value;
        Assert.Equal(("a\0", "\U0001F600"), (Encoding.UTF8.GetString(bounds.Min.Utf8.Span), Encoding.UTF8.GetString(bounds.Max.Utf8.Span)));
    }

    [Fact]
    public async Task Nested_columns_have_counts_but_no_bounds()
    {
        var (_, statistics) = await WriteAsync(DataType.Parse("ARRAY<INT>"), [null, System.Array.Empty<object?>(), new object?[] { null }]);
        Assert.Equal((1L, (ParquetBounds?)null), (statistics.Columns[0].NullCount, statistics.Columns[0].Bounds));
    }
}
