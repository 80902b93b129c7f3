using System.Globalization;
using CsCheck;

namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class ParquetRoundTripTests : ParquetFixture
{
    private const long FirstMoment = -62_135_596_800_000_000;
    private const long LastMoment = 253_402_300_799_999_999;

    public static TheoryData<string> Types =>
    [
        "INT", "BIGINT", "FLOAT", "DOUBLE", "BOOLEAN", "STRING", "DATE", "TIMESTAMP", "DECIMAL(9,2)", "DECIMAL(18,18)", "DECIMAL(28,4)",
        "ARRAY<FLOAT>", "ARRAY<STRING>", "ARRAY<ARRAY<INT>>", "MAP<STRING, DOUBLE>", "MAP<INT, ARRAY<BOOLEAN>>",
        "STRUCT<a: INT, b: STRING>", "STRUCT<a: STRUCT<b: ARRAY<STRUCT<c: DECIMAL(28,10)>>>, d: TIMESTAMP>",
        "ARRAY<MAP<STRING, STRUCT<a: DATE, b: ARRAY<INT>>>>",
    ];

    /// <summary>The values that break things: extremes, and for nested types every mix of null, empty and full.</summary>
    internal static object?[] Hard(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => [int.MinValue, null, int.MaxValue, 0, -1],
        DataTypeKind.BigInt => [long.MinValue, null, long.MaxValue, 0L, -1L],
        DataTypeKind.Float => [float.MinValue, null, float.MaxValue, float.NaN, -0f, float.PositiveInfinity, float.Epsilon],
        DataTypeKind.Double => [double.MinValue, null, double.MaxValue, double.NaN, -0d, double.NegativeInfinity, double.Epsilon],
        DataTypeKind.Boolean => [true, null, false, true, true],
        DataTypeKind.String => ["", null, "a", "\0mid\0dle\0", "grüße", "\U0001F600\U0001F680", "\uFFFD", new string('x', 5000)],
        DataTypeKind.Date => [-719_162, null, 2_932_896, 0, -1],
        DataTypeKind.Timestamp => [FirstMoment, null, LastMoment, 0L, -1L],
        DataTypeKind.Decimal => [Most(type), null, -Most(type), 0m, 1m / Power(type.Scale)],
        DataTypeKind.Array => [Hard(type.Element!), null, System.Array.Empty<object?>(), new object?[] { null }, new[] { Hard(type.Element!)[0] }],
        DataTypeKind.Map =>
        [
            Hard(type.Key!).Where(key => key is not null).Select((key, index) => (object?)new[] { key, Hard(type.Element!)[index % 2] }).ToArray(),
            null,
            System.Array.Empty<object?>(),
        ],
        _ => [type.Members.Select(member => Hard(member.Type)[0]).ToArray(), null, new object?[type.Members.Count], type.Members.Select(member => Hard(member.Type)[2]).ToArray()],
    };

    private static decimal Power(int digits) => decimal.Parse("1" + new string('0', digits), CultureInfo.InvariantCulture);

    private static decimal Most(DataType type) => decimal.Parse(new string('9', type.Precision), CultureInfo.InvariantCulture) / Power(type.Scale);

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Every_type_is_read_back_as_it_was_written(string name)
    {
        var type = DataType.Parse(name);
        var values = Hard(type);
        var (path, statistics) = await WriteAsync(type, values);
        Assert.Equal(Cells.Texts(values), await ReadAsync(path, "value", type));
        Assert.Equal(values.Length, statistics.RowCount);
        Assert.Equal(values.Count(value => value is null), statistics.Columns[0].NullCount);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_required_column_is_read_back(string name)
    {
        var type = DataType.Parse(name);
        var values = Hard(type).Where(value => value is not null).ToArray();
        ParquetColumn[] columns = [new("value", type, Nullable: false)];
        var (path, _) = await WriteAsync(columns, Batch(columns, Cells.Build(type, values)));
        Assert.Equal(Cells.Texts(values), await ReadAsync(path, "value", type));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Slices_are_written_as_the_rows_that_they_are(string name)
    {
        var type = DataType.Parse(name);
        object?[] values = [.. Hard(type), .. Hard(type), .. Hard(type)];
        ParquetColumn[] columns = [new("value", type, Nullable: true)];
        var whole = Batch(columns, Cells.Build(type, values));
        var (path, _) = await WriteAsync(columns, whole.Slice(3, 5), whole.Slice(0, 3), whole.Slice(values.Length, 0), whole.Slice(8, values.Length - 8));
        Assert.Equal(Cells.Texts([.. values[3..8], .. values[..3], .. values[8..]]), await ReadAsync(path, "value", type));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Nothing_but_nulls_is_read_back(string name)
    {
        var type = DataType.Parse(name);
        var (path, statistics) = await WriteAsync(type, new object?[100]);
        Assert.Equal(Enumerable.Repeat("null", 100), await ReadAsync(path, "value", type));
        Assert.Equal(100, statistics.Columns[0].NullCount);
        Assert.Null(statistics.Columns[0].Bounds);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_file_without_rows_is_a_file(string name)
    {
        var type = DataType.Parse(name);
        ParquetColumn[] columns = [new("value", type, Nullable: true)];
        var (path, statistics) = await WriteAsync(columns, Batch(columns, Cells.Build(type, [])));
        await using var reader = await OpenAsync(path);
        Assert.Equal(0, reader.RowGroupCount);
        Assert.True(reader.HasColumn("value"));
        Assert.Equal(0, statistics.RowCount);
        Assert.Equal("0", DuckDB($"SELECT count(*) FROM '{path}'")[0][0]);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_column_that_the_file_lacks_is_null(string name)
    {
        var type = DataType.Parse(name);
        var (path, _) = await WriteAsync(DataType.Int, [1, 2, 3]);
        await using var reader = await OpenAsync(path);
        Assert.False(reader.HasColumn("other"));
        var array = await reader.ReadColumnAsync(0, "other", type, Token);
        Assert.Equal(["null", "null", "null"], Cells.Texts(array, type));
        Assert.Equal(3, array.NullCount);
    }

    [Fact]
    public async Task Struct_members_that_the_file_lacks_are_null_and_others_are_left_out()
    {
        var written = DataType.Parse("STRUCT<a: INT, b: ARRAY<STRING>>");
        object?[] values = [new object?[] { 1, new object?[] { "x", "y" } }, null, new object?[] { null, null }];
        var (path, _) = await WriteAsync(written, values);
        Assert.Equal(["[1, null]", "null", "[null, null]"], await ReadAsync(path, "value", DataType.Parse("STRUCT<a: INT, new: DOUBLE>")));
        Assert.Equal(["[null]", "null", "[null]"], await ReadAsync(path, "value", DataType.Parse("STRUCT<new: MAP<INT, INT>>")));
        Assert.Equal(["[['x', 'y']]", "null", "[null]"], await ReadAsync(path, "value", DataType.Parse("STRUCT<b: ARRAY<STRING>>")));
    }

    [Fact]
    public async Task Many_pages_and_row_groups_keep_their_order()
    {
        ParquetColumn[] columns =
        [
            new("key", DataType.BigInt, false), new("ratio", DataType.Double, true), new("name", DataType.String, true), new("unique", DataType.String, false),
            new("flag", DataType.Boolean, true), new("vector", DataType.Array(DataType.Float), true),
        ];
        object?[] Rows(Func<int, object?> value, int from, int count) => [.. Enumerable.Range(from, count).Select(value)];
        object? Value(int column, int row) => column switch
        {
            0 => (long)row,
            1 => row % 3 == 0 ? null : row / 7.0,
            2 => row % 5 == 0 ? null : $"name {row % 100}",
            3 => $"a text of its own {row}",
            4 => row % 11 == 0 ? null : row % 2 == 0,
            _ => row % 13 == 0 ? null : Enumerable.Range(0, row % 9).Select(item => (object?)(float)item).ToArray(),
        };
        var sizes = new[] { (0, 140_000), (140_000, 1), (140_001, 10_000) };
        var (path, _) = await WriteAsync(columns, [.. sizes.Select(size => Batch(columns,
            [.. columns.Select((column, index) => Cells.Build(column.Type, Rows(row => Value(index, row), size.Item1, size.Item2)))]))]);
        for (var index = 0; index < columns.Length; index++)
            SameRows(Cells.Texts(Rows(row => Value(index, row), 0, 150_001)), await ReadAsync(path, columns[index].Name, columns[index].Type));
        Assert.Equal("150001", DuckDB($"SELECT count(*) FROM '{path}' WHERE \"unique\" = 'a text of its own ' || key AND ratio IS NOT DISTINCT FROM (CASE WHEN key % 3 <> 0 THEN key / 7.0::DOUBLE END)")[0][0]);
    }

    [Fact]
    public Task Generated_columns_are_read_back_by_us_and_through_DuckDB() => Generated.Columns.SampleAsync(
        async column =>
        {
            var (type, values, from) = column;
            ParquetColumn[] columns = [new("value", type, Nullable: true)];
            var batch = Batch(columns, Cells.Build(type, values));
            var (path, _) = await WriteAsync(columns, batch.Slice(from, values.Length - from), batch.Slice(0, from));
            var expected = Cells.Texts([.. values[from..], .. values[..from]]);
            Assert.Equal(expected, await ReadAsync(path, "value", type));

            var copy = Copy($"SELECT * FROM '{path}'", values.Length % 2 == 0 ? ", COMPRESSION ZSTD" : "");
            Assert.Equal(expected, await ReadAsync(copy, "value", type));
        },
        iter: 60,
        threads: 1);

    [Fact]
    public async Task A_null_where_none_may_be_is_refused_and_the_file_stays_incomplete()
    {
        ParquetColumn[] columns = [new("value", DataType.Int, Nullable: false)];
        await using var output = new MemoryStream();
        await using var writer = await ParquetFileWriter.CreateAsync(output, columns, Token);
        var error = await Assert.ThrowsAsync<FeatureMaterializationException>(() => writer.WriteAsync(Batch(columns, Cells.Build(DataType.Int, [1, null])), Token));
        Assert.Contains("'value'", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.CompleteAsync(Token));
    }

    [Fact]
    public async Task A_batch_of_other_types_is_refused()
    {
        ParquetColumn[] columns = [new("value", DataType.Int, Nullable: true)];
        await using var writer = await ParquetFileWriter.CreateAsync(new MemoryStream(), columns, Token);
        var error = await Assert.ThrowsAsync<FeatureMaterializationException>(() => writer.WriteAsync(Batch(columns, Cells.Build(DataType.BigInt, [1L])), Token));
        Assert.Contains("INT", error.Message, StringComparison.Ordinal);
    }
}
