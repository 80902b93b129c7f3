namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class ParquetDuckDBTests : ParquetFixture
{
    public static TheoryData<string> WriterOptions =>
    [
        "", ", COMPRESSION ZSTD", ", COMPRESSION UNCOMPRESSED", ", COMPRESSION GZIP", ", ROW_GROUP_SIZE 2048", ", PARQUET_VERSION V2", ", PARQUET_VERSION V2, COMPRESSION ZSTD",
    ];

    [Theory]
    [InlineData("INT", "INTEGER")]
    [InlineData("BIGINT", "BIGINT")]
    [InlineData("FLOAT", "FLOAT")]
    [InlineData("DOUBLE", "DOUBLE")]
    [InlineData("BOOLEAN", "BOOLEAN")]
    [InlineData("STRING", "VARCHAR")]
    [InlineData("DATE", "DATE")]
    [InlineData("TIMESTAMP", "TIMESTAMP WITH TIME ZONE")]
    [InlineData("DECIMAL(9,2)", "DECIMAL(9,2)")]
    [InlineData("DECIMAL(18,18)", "DECIMAL(18,18)")]
    [InlineData("DECIMAL(28,4)", "DECIMAL(28,4)")]
    [InlineData("ARRAY<FLOAT>", "FLOAT[]")]
    [InlineData("MAP<STRING, DOUBLE>", "MAP(VARCHAR, DOUBLE)")]
    [InlineData("STRUCT<a: INT, b: ARRAY<STRUCT<c: DATE>>>", "STRUCT(a INTEGER, b STRUCT(c DATE)[])")]
    public async Task DuckDB_sees_our_columns_as_the_types_that_they_are(string name, string expected)
    {
        var type = DataType.Parse(name);
        var (path, _) = await WriteAsync(type, ParquetRoundTripTests.Hard(type));
        Assert.Equal(["value", expected], DuckDB($"DESCRIBE SELECT * FROM '{path}'")[0][..2]);
    }

    [Theory]
    [InlineData("INT", "-2147483648|null|2147483647|0|-1")]
    [InlineData("BIGINT", "-9223372036854775808|null|9223372036854775807|0|-1")]
    [InlineData("BOOLEAN", "true|null|false|true|true")]
    [InlineData("DATE", "0001-01-01|null|9999-12-31|1970-01-01|1969-12-31")]
    [InlineData("TIMESTAMP", "0001-01-01 00:00:00+00|null|9999-12-31 23:59:59.999999+00|1970-01-01 00:00:00+00|1969-12-31 23:59:59.999999+00")]
    [InlineData("DECIMAL(9,2)", "9999999.99|null|-9999999.99|0.00|0.01")]
    [InlineData("DECIMAL(28,4)", "999999999999999999999999.9999|null|-999999999999999999999999.9999|0.0000|0.0001")]
    [InlineData("ARRAY<INT>", "[-2147483648, NULL, 2147483647, 0, -1]|null|[]|[NULL]|[-2147483648]")]
    [InlineData("MAP<INT, BOOLEAN>", "{-2147483648=true, 2147483647=NULL, 0=true, -1=NULL}|null|{}")]
    [InlineData("STRUCT<a: INT, b: ARRAY<DATE>>", "{'a': -2147483648, 'b': [0001-01-01, NULL, 9999-12-31, 1970-01-01, 1969-12-31]}|null|{'a': NULL, 'b': NULL}|{'a': 2147483647, 'b': []}")]
    public async Task DuckDB_reads_our_values(string name, string expected)
    {
        var type = DataType.Parse(name);
        var (path, _) = await WriteAsync(type, ParquetRoundTripTests.Hard(type));
        Assert.Equal(expected.Split('|'), DuckDB($"SELECT value::VARCHAR FROM '{path}'").Select(row => row[0]));
    }

    [Theory]
    [MemberData(nameof(WriterOptions))]
    public async Task Every_type_survives_the_way_through_DuckDB(string options)
    {
        foreach (var name in ParquetRoundTripTests.Types)
        {
            var type = DataType.Parse(name.Data);
            var values = Enumerable.Repeat(ParquetRoundTripTests.Hard(type), 700).SelectMany(part => part).ToArray();
            var (path, _) = await WriteAsync(type, values);
            SameRows(Cells.Texts(values), await ReadAsync(Copy($"SELECT * FROM '{path}'", options), "value", type));
        }
    }

    [Theory]
    [MemberData(nameof(WriterOptions))]
    public async Task Files_of_DuckDB_are_read(string options)
    {
        var path = Copy(
            """
            SELECT i::BIGINT AS key, i::INTEGER AS number, (i % 7)::TINYINT AS tiny, (i % 7)::USMALLINT AS small, (i * 40000)::UINTEGER AS unsigned,
                   TIMESTAMPTZ '2024-02-29 00:00:00+00' + INTERVAL (i) SECOND AS at, TIMESTAMP '2024-02-29 00:00:00' + INTERVAL (i) SECOND AS plain,
                   (TIMESTAMP '2024-02-29 00:00:00' + INTERVAL (i) SECOND)::TIMESTAMP_MS AS millis,
                   CASE WHEN i % 3 = 0 THEN NULL ELSE 'name ' || (i % 50) END AS name, md5(i::VARCHAR) AS hash,
                   (i % 1000)::DECIMAL(5, 1) AS small_decimal, i::DECIMAL(18, 2) AS decimal, i::DECIMAL(38, 3) AS wide, i % 2 = 0 AS flag, (i / 3)::FLOAT AS ratio,
                   [i, NULL, i + 1] AS list, MAP {'a': i, 'b': NULL} AS map, {'x': i, 'y': [{'z': 'v' || i}]} AS nest
            FROM range(20000) t(i)
            """,
            options);
        await using var reader = await OpenAsync(path);
        Assert.Equal(20000, Enumerable.Range(0, reader.RowGroupCount).Sum(reader.RowsIn));

        await Same("key", "BIGINT", i => $"{i}");
        await Same("number", "INT", i => $"{i}");
        await Same("number", "BIGINT", i => $"{i}");
        await Same("tiny", "INT", i => $"{i % 7}");
        await Same("small", "INT", i => $"{i % 7}");
        await Same("unsigned", "BIGINT", i => $"{i * 40000L}");
        await Same("at", "TIMESTAMP", i => $"{1_709_164_800_000_000L + (i * 1_000_000L)}");
        await Same("plain", "TIMESTAMP", i => $"{1_709_164_800_000_000L + (i * 1_000_000L)}");
        await Same("millis", "TIMESTAMP", i => $"{1_709_164_800_000_000L + (i * 1_000_000L)}");
        await Same("name", "STRING", i => i % 3 == 0 ? "null" : $"'name {i % 50}'");
        await Same("small_decimal", "DECIMAL(5,1)", i => $"{i % 1000}");
        await Same("decimal", "DECIMAL(18,2)", i => $"{i}");
        await Same("wide", "DECIMAL(28,3)", i => $"{i}");
        await Same("flag", "BOOLEAN", i => i % 2 == 0 ? "True" : "False");
        await Same("list", "ARRAY<BIGINT>", i => $"[{i}, null, {i + 1}]");
        await Same("map", "MAP<STRING, BIGINT>", i => $"[['a', {i}], ['b', null]]");
        await Same("nest", "STRUCT<x: BIGINT, y: ARRAY<STRUCT<z: STRING>>>", i => $"[{i}, [['v{i}']]]");
        SameRows([.. DuckDB($"SELECT '''' || hash || '''' FROM '{path}'").Select(row => row[0])], await ReadAsync(path, "hash", DataType.String));
        SameRows([.. DuckDB($"SELECT ratio FROM '{path}'").Select(row => row[0])], await ReadAsync(path, "ratio", DataType.Float));

        async Task Same(string column, string type, Func<int, string> value) =>
            SameRows([.. Enumerable.Range(0, 20000).Select(value)], await ReadAsync(path, column, DataType.Parse(type)));
    }

    [Fact]
    public async Task Nanoseconds_are_floored()
    {
        var path = Copy("SELECT make_timestamp_ns(n) AS at FROM (VALUES (1999), (-1), (-1000), (NULL), (0)) t(n)");
        Assert.Equal(["1", "-1", "-1", "null", "0"], await ReadAsync(path, "at", DataType.Timestamp));
    }

    [Theory]
    [InlineData("1::BIGINT", "INT", "INT64")]
    [InlineData("1::DOUBLE", "FLOAT", "DOUBLE")]
    [InlineData("'a'", "INT", "BYTE_ARRAY (STRING)")]
    [InlineData("'a'::BLOB", "STRING", "BYTE_ARRAY")]
    [InlineData("1::UBIGINT", "BIGINT", "INT64 (UINT_64)")]
    [InlineData("1.5::DECIMAL(9,3)", "DECIMAL(9,2)", "DECIMAL(9,3)")]
    [InlineData("[1]", "INT", "LIST")]
    [InlineData("{'a': ['x']}", "STRUCT<a: ARRAY<INT>>", "value.a.list.element")]
    [InlineData("TIME '12:00:00'", "TIMESTAMP", "INT64 (of another meaning)")]
    [InlineData("DATE '2024-01-01'", "TIMESTAMP", "INT32 (DATE)")]
    public async Task A_column_of_another_type_is_refused_by_name(string value, string type, string found)
    {
        var path = Copy($"SELECT {value} AS value");
        var error = await Assert.ThrowsAsync<UnsupportedTableException>(() => ReadAsync(path, "value", DataType.Parse(type)));
        Assert.Contains("'value'", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
        Assert.Contains(type, error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decimal_that_does_not_fit_is_refused()
    {
        var path = Copy("SELECT 12345678901234567890123456789::DECIMAL(38,0) AS value");
        var error = await Assert.ThrowsAsync<FeatureMaterializationException>(() => ReadAsync(path, "value", DataType.Decimal(28, 0)));
        Assert.Contains("28 digits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_Parquet_file_is_refused()
    {
        var path = NewPath();
        await File.WriteAllTextAsync(path, "this is no Parquet file at all", Token);
        await Assert.ThrowsAsync<FeatureMaterializationException>(() => OpenAsync(path));
    }

    [Fact]
    public async Task Bounds_of_a_row_group_are_read()
    {
        var path = Copy("SELECT i::BIGINT AS key, TIMESTAMPTZ '1970-01-01 00:00:00+00' + INTERVAL (i) SECOND AS at, 'x' AS name, NULL::BIGINT AS none FROM range(4096) t(i)", ", ROW_GROUP_SIZE 2048");
        await using var reader = await OpenAsync(path);
        Assert.Equal(2, reader.RowGroupCount);
        Assert.True(reader.TryGetBounds(1, "key", out var min, out var max));
        Assert.Equal((2048L, 4095L), (min, max));
        Assert.True(reader.TryGetBounds(0, "at", out min, out max));
        Assert.Equal((0L, 2_047_000_000L), (min, max));
        Assert.False(reader.TryGetBounds(0, "name", out _, out _));
        Assert.False(reader.TryGetBounds(0, "none", out _, out _));
        Assert.False(reader.TryGetBounds(0, "lacking", out _, out _));
    }

    [Fact]
    public async Task DuckDB_skips_by_our_bounds_and_loses_nothing()
    {
        ParquetColumn[] columns = [new("number", DataType.Double, true), new("text", DataType.String, true), new("wide", DataType.Decimal(28, 2), true)];
        Apache.Arrow.RecordBatch Group(object?[] numbers, object?[] texts, object?[] decimals) => Batch(columns,
            Cells.Build(columns[0].Type, numbers), Cells.Build(columns[1].Type, texts), Cells.Build(columns[2].Type, decimals));
        var (path, _) = await WriteAsync(columns,
            Group([1d, double.NaN, 2d], ["\uFFFD", "a", "b"], [-1m, 1m, 0m]),
            Group([-0d, 5d, null], ["\U0001F600", "c", null], [9999999999999999m, -5m, null]));
        Assert.Equal("1", DuckDB($"SELECT count(*) FROM '{path}' WHERE number > 100")[0][0]);
        Assert.Equal("1", DuckDB($"SELECT count(*) FROM '{path}' WHERE number = 0")[0][0]);
        Assert.Equal("1", DuckDB($"SELECT count(*) FROM '{path}' WHERE text > '\uFFFF'")[0][0]);
        Assert.Equal("2", DuckDB($"SELECT count(*) FROM '{path}' WHERE wide < 0")[0][0]);
        Assert.Equal("1", DuckDB($"SELECT count(*) FROM '{path}' WHERE wide > 1")[0][0]);
        Assert.Equal("2", DuckDB($"SELECT count(*) FROM '{path}' WHERE number IS NULL OR wide IS NULL OR text = 'b'")[0][0]);
        Assert.Equal("-1.00", DuckDB($"SELECT stats_min_value FROM parquet_metadata('{path}') WHERE path_in_schema = 'wide' AND row_group_id = 0")[0][0]);
    }

    [Fact]
    public async Task Nullability_in_the_file_is_that_of_the_columns()
    {
        ParquetColumn[] columns = [new("key", DataType.BigInt, false), new("list", DataType.Array(DataType.Int), false), new("value", DataType.Int, true)];
        var (path, _) = await WriteAsync(columns, Batch(columns,
            Cells.Build(columns[0].Type, [1L]), Cells.Build(columns[1].Type, [new object?[] { 1, null }]), Cells.Build(columns[2].Type, [null])));
        Assert.Equal(
            ["key REQUIRED", "list REQUIRED", "list REPEATED", "element OPTIONAL", "value OPTIONAL"],
            DuckDB($"SELECT name, repetition_type FROM parquet_schema('{path}') OFFSET 1").Select(row => $"{row[0]} {row[1]}"));
    }
}
