using System.Data;

namespace Tauro.FeatureStore.Tests;

public sealed class FeatureTableTests
{
    private sealed record Place(double Lat, double Lon);

    private sealed record Row(long Id, string? Name, int? Age, decimal Spent, DateTimeOffset At, DateOnly Day, bool Active, float[] Embedding, Dictionary<string, int> Counts, Place? Home);

    private static readonly DateTimeOffset Noon = new(2025, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Row[] Rows =
    [
        new(1, "Ada", 36, 10.50m, Noon, new DateOnly(2025, 3, 1), true, [1.5f, -2f], new() { ["a"] = 1, ["b"] = 2 }, new Place(51.5, -0.1)),
        new(2, null, null, -0.125m, Noon.AddTicks(10), new DateOnly(1, 1, 1), false, [], [], null),
        new(long.MaxValue, "日本𝄞\0", int.MinValue, 79_228_162_514_264m, DateTimeOffset.MaxValue, DateOnly.MaxValue, true, [float.NaN], new() { [""] = 0 }, new Place(0, -0.0)),
    ];

    [Fact]
    public void Rows_come_back_as_they_went_in()
    {
        using var table = FeatureTable.FromRows(Rows);
        var back = table.ToRows<Row>().ToArray();
        Assert.Equal(Rows.Length, back.Length);
        for (var i = 0; i < Rows.Length; i++)
        {
            Assert.Equal(Rows[i].Id, back[i].Id);
            Assert.Equal(Rows[i].Name, back[i].Name);
            Assert.Equal(Rows[i].Age, back[i].Age);
            Assert.Equal(Rows[i].Spent, back[i].Spent);
            Assert.Equal(Rows[i].At.UtcTicks / 10, back[i].At.UtcTicks / 10);
            Assert.Equal(Rows[i].Day, back[i].Day);
            Assert.Equal(Rows[i].Active, back[i].Active);
            Assert.Equal(Rows[i].Embedding, back[i].Embedding);
            Assert.Equal(Rows[i].Counts, back[i].Counts);
            Assert.Equal(Rows[i].Home, back[i].Home);
        }
    }

    [Fact]
    public void Types_follow_from_the_clr_types()
    {
        using var table = FeatureTable.FromRows(Rows);
        Assert.Equal(
            ["BIGINT", "STRING", "INT", "DECIMAL(28,3)", "TIMESTAMP", "DATE", "BOOLEAN", "ARRAY<FLOAT>", "MAP<STRING, INT>", "STRUCT<Lat: DOUBLE, Lon: DOUBLE>"],
            table.ColumnNames.Select(name => table.GetColumnType(name).ToString()));
    }

    [Fact]
    public void Columns_are_read_in_their_clr_type()
    {
        using var table = FeatureTable.FromColumns(("id", new[] { 1, 2, 3 }), ("age", new int?[] { 5, null, 7 }), ("tags", new[] { ["a"], null, new[] { "b", null } }));
        Assert.Equal([1, 2, 3], table.GetColumn<int>("ID"));
        Assert.Equal([1L, 2L, 3L], table.GetColumn<long>("id"));
        Assert.Equal([5, null, 7], table.GetColumn<int?>("age"));
        Assert.Equal([5.0, null, 7.0], table.GetColumn<double?>("age"));
        Assert.Equal([["a"], null, ["b", null]], table.GetColumn<string?[]?>("tags"));
    }

    [Fact]
    public void A_null_read_as_a_type_without_null_names_column_and_row()
    {
        using var table = FeatureTable.FromColumns(("age", new int?[] { 5, null }));
        var error = Assert.Throws<InvalidOperationException>(() => table.GetColumn<int>("age"));
        Assert.Contains("'age', row 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_type_names_the_column_and_the_right_one()
    {
        using var table = FeatureTable.FromColumns(("age", new[] { 5 }));
        var error = Assert.Throws<SchemaValidationException>(() => table.GetColumn<string>("age"));
        Assert.Contains("'age'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Int32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_column_lists_those_there_are()
    {
        using var table = FeatureTable.FromColumns(("age", new[] { 5 }), ("id", new[] { 5 }));
        Assert.Contains("age, id", Assert.Throws<FeatureNotFoundException>(() => table.GetColumn<int>("ages")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dictionary_has_nullable_arrays_that_make_the_same_table()
    {
        using var table = FeatureTable.FromRows(Rows);
        var columns = table.ToDictionary();
        Assert.IsType<long?[]>(columns["Id"]);
        Assert.IsType<string[]>(columns["Name"]);
        Assert.IsType<float?[][]>(columns["Embedding"]);
        using var again = FeatureTable.FromColumns(columns.Where(column => column.Key != "Home").ToDictionary());
        Assert.Equal(table.GetColumn<decimal>("Spent"), again.GetColumn<decimal>("Spent"));
        Assert.Equal(table.GetColumn<float[]>("Embedding"), again.GetColumn<float[]>("Embedding"));
    }

    [Fact]
    public void Moments_are_instants_in_utc_and_floored_to_microseconds()
    {
        var local = new DateTime(2025, 3, 1, 12, 0, 0, DateTimeKind.Unspecified);
        using var table = FeatureTable.FromColumns(
            ("zoned", new[] { new DateTimeOffset(local, TimeSpan.FromHours(5)).AddTicks(19) }),
            ("unspecified", new[] { local }),
            ("early", new[] { new DateTimeOffset(1969, 12, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(9_999_999) }));
        Assert.Equal(Noon.AddHours(-5).AddTicks(10), table.GetColumn<DateTimeOffset>("zoned")[0]);
        Assert.Equal(Noon, table.GetColumn<DateTimeOffset>("unspecified")[0]);
        Assert.Equal(DateTimeKind.Utc, table.GetColumn<DateTime>("unspecified")[0].Kind);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(-10), table.GetColumn<DateTimeOffset>("early")[0]);
    }

    [Fact]
    public void Columns_of_different_lengths_are_refused()
    {
        var error = Assert.Throws<SchemaValidationException>(() => FeatureTable.FromColumns(("a", new[] { 1, 2 }), ("b", new[] { 1 })));
        Assert.Equal("b", error.Column);
    }

    [Fact]
    public void Names_equal_but_for_case_are_refused() =>
        Assert.Throws<SchemaValidationException>(() => FeatureTable.FromColumns(("a", new[] { 1 }), ("A", new[] { 1 })));

    [Fact]
    public void An_unpaired_surrogate_is_refused_with_its_row()
    {
        var error = Assert.Throws<SchemaValidationException>(() => FeatureTable.FromColumns(("name", new[] { "ok", "bad\ud800" })));
        Assert.Equal(("name", 1L), (error.Column, error.Row));
    }

    [Fact]
    public void Values_without_a_column_type_are_refused()
    {
        Assert.Contains("System.Guid", Assert.Throws<SchemaValidationException>(() => FeatureTable.FromColumns(("id", new[] { Guid.Empty }))).Message, StringComparison.Ordinal);
        Assert.Throws<SchemaValidationException>(() => FeatureTable.FromColumns(("id", new object[] { 1 })));
    }

    [Fact]
    public async Task A_data_reader_becomes_a_table()
    {
        using var data = new DataTable();
        data.Columns.Add("id", typeof(long));
        data.Columns.Add("name", typeof(string));
        data.Rows.Add(1L, "a");
        data.Rows.Add(2L, DBNull.Value);
        await using var reader = data.CreateDataReader();
        using var table = await FeatureTable.FromDataReaderAsync(reader, TestContext.Current.CancellationToken);
        Assert.Equal([1L, 2L], table.GetColumn<long>("id"));
        Assert.Equal(["a", null], table.GetColumn<string?>("name"));
    }

    [Fact]
    public void The_display_is_what_a_person_likes_to_read()
    {
        using var table = FeatureTable.FromColumns(
            ("customer", new[] { "Ada", "B" }), ("spent", new decimal?[] { 1.50m, null }), ("at", new[] { Noon, Noon.AddMilliseconds(1) }), ("xs", new[] { [1], new[] { 2, 3 } }));
        Assert.Equal(
            """
            customer  spent  at                          xs
            --------  -----  --------------------------  ------
            Ada        1.50  2025-03-01 12:00:00         [1]
            B          null  2025-03-01 12:00:00.001000  [2, 3]

            """.ReplaceLineEndings("\n"),
            table.ToDisplayString());
        Assert.EndsWith("... 2 rows\n", table.ToDisplayString(1), StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_and_structs_are_displayed()
    {
        using var table = FeatureTable.FromColumns(
            ("counts", new Dictionary<string, int?>?[] { new() { ["a"] = 1, ["b"] = null }, null }), ("home", new[] { new Place(1.5, 2), null }));
        var display = table.ToDisplayString();
        Assert.Contains("{a: 1, b: null}", display, StringComparison.Ordinal);
        Assert.Contains("{Lat: 1.5, Lon: 2}", display, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_table_keeps_its_types()
    {
        using var table = FeatureTable.FromRows(Array.Empty<Row>());
        Assert.Equal(0, table.RowCount);
        Assert.Empty(table.ToRows<Row>());
        Assert.Equal(DataType.Array(DataType.Float), table.GetColumnType("Embedding"));
    }
}
