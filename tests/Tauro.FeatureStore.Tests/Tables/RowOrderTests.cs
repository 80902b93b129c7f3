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

    private static long Next(Random random, long width) => width == long.MaxValue ? random.NextInt64(long.MinValue, long.MaxValue) : random.NextInt64(width) - (width / 2);

    private static Int64Array Array(IEnumerable<long> values) => new Int64Array.Builder().AppendRange(values).Build();
}
