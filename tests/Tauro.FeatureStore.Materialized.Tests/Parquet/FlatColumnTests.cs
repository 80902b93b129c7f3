namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>The pages that we read ourselves hold what Parquet.Net finds in them, and whatever is not of their form is left to it.</summary>
public sealed class FlatColumnTests : ParquetFixture
{
    private const int Rows = 40_000;

    public static TheoryData<string, bool> Kinds => new(
        from name in new[] { "INT", "BIGINT", "FLOAT", "DOUBLE", "DATE", "TIMESTAMP" } from nulls in new[] { false, true } select (name, nulls));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Any_rows_of_our_own_file_are_read(string name, bool nulls)
    {
        var type = DataType.Parse(name);
        object?[] values = [.. Enumerable.Range(0, Rows).Select(row => nulls && row % 7 is 0 or 3 ? null : Value(type, row))];
        var (path, _) = nulls ? await WriteAsync(type, values) : await WriteRequiredAsync(type, values);
        var expected = await ReadAsync(path, "value", type);
        await using var reader = await OpenAsync(path);
        var flat = reader.FindFlat(0, "value", type)!;
        Assert.True(flat.Pages!.Count > 1);
        using var buffer = new PageBuffer();
        foreach (var (from, count) in new[] { (0, Rows), (1, Rows - 2), (8191, 2), (8192, 8192), (16_000, 17_000), (Rows - 1, 1), (5, 0) })
        {
            using var found = FlatColumnReader.TryRead(flat, new RowRange(from, count), type, buffer, Token);
            SameRows([.. expected.Skip(from).Take(count)], [.. Cells.Texts(found!, type)]);
        }
    }

    [Fact]
    public async Task The_bounds_of_pages_hold_their_values()
    {
        object?[] values = [.. Enumerable.Range(0, Rows).Select(row => row is >= 9000 and < 30_000 ? null : (object?)(long)(row * 37 % 1001))];
        var (path, _) = await WriteAsync(DataType.BigInt, values);
        await using var reader = await OpenAsync(path);
        var pages = reader.FindFlat(0, "value", DataType.BigInt)!.Pages!;
        var bounds = reader.FindPageBounds(0, "value", DataType.BigInt)!;
        Assert.Equal(pages.Count, bounds.Count);
        for (var page = 0; page < pages.Count; page++)
        {
            long[] held = [.. values.Skip(pages[page].FirstRow).Take(pages[page].Rows).OfType<long>()];
            Assert.Equal(held.Length == 0 ? PageBounds.Empty : new PageBounds(held.Min(), held.Max()), bounds[page]);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(", PARQUET_VERSION V2")]
    [InlineData(", COMPRESSION ZSTD")]
    [InlineData(", COMPRESSION UNCOMPRESSED")]
    public async Task Foreign_files_are_read_alike_whichever_path_takes_them(string options)
    {
        var path = Copy("SELECT CASE WHEN i % 5 = 0 THEN NULL ELSE i % 100 END AS few, hash(i)::DOUBLE AS many, i AS id FROM range(50000) AS r(i)", options);
        await using var reader = await OpenAsync(path);
        foreach (var (column, type) in new[] { ("few", DataType.BigInt), ("many", DataType.Double), ("id", DataType.BigInt) })
        {
            for (var group = 0; group < reader.RowGroupCount; group++)
            {
                using var expected = await reader.ReadColumnAsync(group, column, type, Token);
                if (reader.FindFlat(group, column, type) is not { } flat) continue;
                using var buffer = new PageBuffer();
                using var found = FlatColumnReader.TryRead(flat, new RowRange(0, expected.Length), type, buffer, Token);
                if (found is not null) SameRows([.. Cells.Texts(expected, type)], [.. Cells.Texts(found, type)]);
            }
        }
    }

    [Fact]
    public async Task A_damaged_page_is_an_error_never_other_values()
    {
        var (path, _) = await WriteAsync(DataType.BigInt, [.. Enumerable.Range(0, Rows).Select(row => (object?)(long)row)]);
        PageLocation page;
        await using (var reader = await OpenAsync(path)) page = reader.FindFlat(0, "value", DataType.BigInt)!.Pages![1];
        var bytes = await File.ReadAllBytesAsync(path, Token);
        for (var i = 0; i < 64; i++) bytes[page.Offset + i] = 0xFF;
        await File.WriteAllBytesAsync(path, bytes, Token);

        var source = await ParquetRowSource.OpenAsync(new ParquetSource([new ParquetSourceFile(path, Rows, bytes.Length, 0)]), cache: null, Token);
        await using var opened = source;
        await Assert.ThrowsAsync<FeatureMaterializationException>(async () => await source.ReadAsync(0, new PlanColumn("value", DataType.BigInt), Token));
    }

    private Task<(string Path, ParquetFileStatistics Statistics)> WriteRequiredAsync(DataType type, object?[] values)
    {
        ParquetColumn[] columns = [new("value", type, Nullable: false)];
        return WriteAsync(columns, Batch(columns, Cells.Build(type, values)));
    }

    private static object Value(DataType type, int row) => type.Kind switch
    {
        DataTypeKind.Int => (object)(row * 3),
        DataTypeKind.BigInt => row * 3_000_000_000L,
        DataTypeKind.Float => row / 8f,
        DataTypeKind.Double => row / 7d,
        DataTypeKind.Date => 18_000 + (row % 5000),
        _ => 1_577_836_800_000_000 + (row * 60_000_000L),
    };
}
