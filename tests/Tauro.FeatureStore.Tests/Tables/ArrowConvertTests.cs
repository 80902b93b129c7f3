using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Tests;

/// <summary>The widening table: every value keeps its meaning, or is refused with its row.</summary>
public sealed class ArrowConvertTests
{
    public static TheoryData<string, string> Widenings => new()
    {
        { "INT", "BIGINT" }, { "INT", "DOUBLE" }, { "INT", "DECIMAL(10,0)" }, { "BIGINT", "INT" }, { "BIGINT", "DOUBLE" }, { "BIGINT", "DECIMAL(28,2)" },
        { "INT", "FLOAT" }, { "BIGINT", "FLOAT" }, { "FLOAT", "DOUBLE" }, { "DATE", "TIMESTAMP" }, { "DECIMAL(5,2)", "DECIMAL(10,4)" }, { "DECIMAL(28,10)", "DECIMAL(4,0)" },
        { "ARRAY<INT>", "ARRAY<BIGINT>" }, { "MAP<INT, FLOAT>", "MAP<BIGINT, DOUBLE>" }, { "STRUCT<a: DATE>", "STRUCT<a: TIMESTAMP>" },
    };

    [Fact]
    public void Only_the_widenings_of_the_table_are_accepted()
    {
        string[] names = ["INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(5,2)", "STRING", "BOOLEAN", "TIMESTAMP", "DATE", "ARRAY<INT>", "MAP<INT, FLOAT>", "STRUCT<a: DATE>"];
        foreach (var from in names)
            foreach (var to in names)
            {
                var expected = from == to || Widenings.Any(pair => pair.Data == (from, to))
                    || (from is "INT" or "BIGINT" && to is "DECIMAL(5,2)");
                Assert.True(expected == ArrowConvert.CanConvert(ArrowTypes.ToArrow(DataType.Parse(from)), DataType.Parse(to)), $"{from} to {to}");
            }
    }

    [Theory]
    [MemberData(nameof(Widenings))]
    public void Nulls_stay_nulls_in_slices_too(string from, string to)
    {
        using var nulls = ArrowMemory.Nulls(ArrowTypes.ToArrow(DataType.Parse(from)), 5);
        using var slice = ArrowArrayFactory.SliceShared(nulls, 1, 3);
        using var converted = ArrowConvert.ToCanonical(slice, DataType.Parse(to));
        Assert.Equal((3, 3), (converted.Length, converted.NullCount));
    }

    [Fact]
    public void Whole_numbers_are_checked_one_by_one()
    {
        Assert.Equal([int.MinValue, null, int.MaxValue], Convert<int?>(new Int64Array.Builder().Append(int.MinValue).AppendNull().Append(int.MaxValue).Build(), DataType.Int));
        Refuses(1, new Int64Array.Builder().Append(0).Append(int.MaxValue + 1L).Build(), DataType.Int);
        Refuses(0, new UInt64Array.Builder().Append(ulong.MaxValue).Build(), DataType.BigInt);
        Assert.Equal([255L], Convert<long>(new UInt8Array.Builder().Append(255).Build(), DataType.BigInt));
        Assert.Equal([-1], Convert<int>(new Int8Array.Builder().Append(-1).Build(), DataType.Int));
    }

    [Fact]
    public void Whole_numbers_become_floating_point_only_exactly()
    {
        Assert.Equal([9007199254740992.0], Convert<double>(new Int64Array.Builder().Append(1L << 53).Build(), DataType.Double));
        Refuses(0, new Int64Array.Builder().Append((1L << 53) + 1).Build(), DataType.Double);
        Refuses(0, new Int32Array.Builder().Append((1 << 24) + 1).Build(), DataType.Float);
    }

    [Fact]
    public void Decimals_keep_every_digit_or_are_refused()
    {
        var twoDigits = new Decimal128Array.Builder(new Decimal128Type(10, 2)).Append(12.50m).Append(-0.25m).Build();
        Assert.Equal([12.5000m, -0.2500m], Convert<decimal>(twoDigits, DataType.Decimal(10, 4)));
        Refuses(1, twoDigits, DataType.Decimal(10, 1));
        Refuses(0, twoDigits, DataType.Decimal(3, 2));
    }

    [Theory]
    [InlineData(TimeUnit.Second, 1L, 1_000_000L)]
    [InlineData(TimeUnit.Millisecond, -1L, -1_000L)]
    [InlineData(TimeUnit.Microsecond, 5L, 5L)]
    [InlineData(TimeUnit.Nanosecond, -1L, -1L)]
    [InlineData(TimeUnit.Nanosecond, 1_999L, 1L)]
    public void Timestamps_of_every_unit_become_microseconds(TimeUnit unit, long stored, long expected)
    {
        using var source = Timestamps(unit, stored);
        using var converted = ArrowConvert.ToCanonical(source, DataType.Timestamp);
        Assert.Equal(expected, ArrowMemory.Values<long>(converted)[0]);
    }

    [Theory]
    [InlineData(TimeUnit.Microsecond, long.MaxValue)]
    [InlineData(TimeUnit.Microsecond, UtcTime.MinValue - 1)]
    [InlineData(TimeUnit.Second, long.MaxValue / 2)]
    public void Infinite_and_out_of_range_timestamps_are_refused(TimeUnit unit, long stored)
    {
        using var source = Timestamps(unit, stored);
        Refuses(0, source, DataType.Timestamp);
    }

    [Fact]
    public void Texts_that_are_not_utf8_are_refused()
    {
        var bytes = new ArrowBuffer(new byte[] { (byte)'a', 0xC3, 0x28 });
        var offsets = new ArrowBuffer(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>([0, 1, 3]).ToArray());
        Refuses(1, new StringArray(2, offsets, bytes, ArrowBuffer.Empty, 0, 0), DataType.String);
    }

    private static TimestampArray Timestamps(TimeUnit unit, long value)
    {
        var bytes = ArrowMemory.Allocate<long>(1);
        ArrowMemory.As<long>(bytes)[0] = value;
        return new TimestampArray(new ArrayData(new TimestampType(unit, (string?)null), 1, 0, 0, [ArrowBuffer.Empty, new ArrowBuffer(bytes)]));
    }

    private static T[] Convert<T>(IArrowArray source, DataType type)
    {
        using var converted = ArrowConvert.ToCanonical(source, type);
        var reader = ColumnReaders.Create<T>(type);
        reader.Open(converted);
        return [.. Enumerable.Range(0, converted.Length).Select(reader.Read)];
    }

    private static void Refuses(long row, IArrowArray source, DataType type) =>
        Assert.Equal(row, Assert.Throws<SchemaValidationException>(() => ArrowConvert.ToCanonical(source, type)).Row);
}
