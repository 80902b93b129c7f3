using Apache.Arrow;

namespace Tauro.FeatureStore.Tests;

public sealed class RowOrderTests
{
    /// <summary>Narrow numbers, wide ones, the two together, one value alone, and the ends of the range.</summary>
    public static TheoryData<long, long> Widths => new()
    {
        { 1, 5 }, { 5, 1 }, { 1, 1 }, { 100, 1_000_000 }, { long.MaxValue, 7 }, { 7, long.MaxValue }, { long.MaxValue, long.MaxValue }, { 1, long.MaxValue },
    };

    [Theory]
    [MemberData(nameof(Widths))]
    public void Rows_are_ordered_by_key_then_time_then_as_they_came(long keys, long times)
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 2_000).Select(place => (Key: Next(random, keys), Time: Next(random, times), Place: place)).ToArray();
        var order = RowOrder.Find([Array(rows.Select(row => row.Key))], [DataType.BigInt], Array(rows.Select(row => row.Time)), DataType.BigInt, rows.Length);

        var expected = rows.OrderBy(row => row.Key).ThenBy(row => row.Time).Select(row => row.Place);
        Assert.Equal(expected, order ?? Enumerable.Range(0, rows.Length));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, false)]
    [InlineData(3, true)]
    public void Rows_are_ordered_by_any_number_of_columns_and_runs_in_order_are_merged(int columns, bool withText)
    {
        var random = new Random(4);
        var rows = Enumerable.Range(0, 3_000).Select(place => (Values: Enumerable.Range(0, columns).Select(_ => (long)random.Next(6)).ToArray(), Place: place)).ToArray();
        if (withText) rows = [.. rows.Chunk(700).SelectMany(run => run.OrderBy(row => string.Join(',', row.Values), StringComparer.Ordinal)).Select((row, place) => (row.Values, place))];
        var arrays = Enumerable.Range(0, columns).Select(column => Array(rows.Select(row => row.Values[column]))).Cast<IArrowArray>().ToArray();
        var types = Enumerable.Repeat(DataType.BigInt, columns).ToArray();
        if (withText) (arrays[0], types[0]) = (new StringArray.Builder().AppendRange(rows.Select(row => $"text {row.Values[0]}")).Build(), DataType.String);

        var order = RowOrder.Find(KeyColumns.Of(arrays, types), rows.Length);

        Assert.Equal(rows.OrderBy(row => string.Join(',', row.Values), StringComparer.Ordinal).Select(row => row.Place), order);
    }

    private static long Next(Random random, long width) => width == long.MaxValue ? random.NextInt64(long.MinValue, long.MaxValue) : random.NextInt64(width) - (width / 2);

    private static Int64Array Array(IEnumerable<long> values) => new Int64Array.Builder().AppendRange(values).Build();
}
