using System.Text.Json;
using Apache.Arrow;
using DuckDB.NET.Data;
using Tauro.FeatureStore.Engines;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>The type table: what C#, Arrow, Delta, Parquet and DuckDB call each data type, and that a value goes through all of them unchanged.</summary>
public sealed class TypeTableTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"tauro-{Guid.NewGuid():n}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, System.Array> Table => new()
    {
        { "INT", "\"integer\"", "INTEGER", new int?[] { int.MinValue, int.MaxValue, null } },
        { "BIGINT", "\"long\"", "BIGINT", new long?[] { long.MinValue, long.MaxValue, null } },
        { "FLOAT", "\"float\"", "FLOAT", new float?[] { float.MinValue, float.NaN, null } },
        { "DOUBLE", "\"double\"", "DOUBLE", new double?[] { double.Epsilon, double.NegativeInfinity, null } },
        { "DECIMAL(28,3)", "\"decimal(28,3)\"", "DECIMAL(28,3)", new decimal?[] { -1234567890123456789012345.678m, 0.001m, null } },
        { "STRING", "\"string\"", "VARCHAR", new[] { "日本𝄞", "", null } },
        { "BOOLEAN", "\"boolean\"", "BOOLEAN", new bool?[] { true, false, null } },
        { "TIMESTAMP", "\"timestamp\"", "TIMESTAMP WITH TIME ZONE", new DateTimeOffset?[] { DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch.AddMicroseconds(-1), null } },
        { "DATE", "\"date\"", "DATE", new DateOnly?[] { DateOnly.MinValue, DateOnly.MaxValue, null } },
        { "ARRAY<FLOAT>", """{"type":"array","elementType":"float","containsNull":true}""", "FLOAT[]", new[] { [1.5f, null], System.Array.Empty<float?>(), null } },
        {
            "MAP<STRING, INT>", """{"type":"map","keyType":"string","valueType":"integer","valueContainsNull":true}""", "MAP(VARCHAR, INTEGER)",
            new Dictionary<string, int?>?[] { new() { ["a"] = 1, [""] = null }, [], null }
        },
        {
            "STRUCT<lat: DOUBLE, day: DATE>",
            """{"type":"struct","fields":[{"name":"lat","type":"double","nullable":true,"metadata":{}},{"name":"day","type":"date","nullable":true,"metadata":{}}]}""",
            "STRUCT(lat DOUBLE, \"day\" DATE)", new[] { new Place(51.5, DateOnly.MinValue), new Place(null, null), null }
        },
    };

    public void Dispose()
    {
        if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_type_has_one_name_in_each_system_and_its_values_pass_through_all(string name, string delta, string duckdb, System.Array values)
    {
        var type = DataType.Parse(name);
        Assert.Equal(type, ArrowTypes.FromArrow(ArrowTypes.ToArrow(type)));
        Assert.Equal(Normal(duckdb), Normal(DuckDBDialect.Instance.TypeName(type)));

        using var rows = FeatureTable.FromColumns(("id", new[] { 1, 2, 3 }), ("value", values));
        Assert.Equal(type, rows.GetColumnType("value"));
        await using var executor = new DuckDBQueryExecutor();
        await using var managed = new MaterializedFeatureStore(new FeatureStoreContext(_root));
        await using var engine = new MaterializedFeatureStore(new FeatureStoreContext(_root), executor: executor);
        await managed.RegisterFeaturesAsync(new FeatureGroupSchema("typed") { IsStatic = true, EntityKeys = ["id"], Features = [new("value", type)] }, Token);
        await managed.WriteFeaturesAsync("typed", rows, cancellationToken: Token);

        using var ids = FeatureTable.FromColumns(("id", new[] { 3, 2, 1 }));
        using var inProcess = await managed.GetFeaturesAsync(["value"], ids, cancellationToken: Token);
        using var onDuckDB = await engine.GetFeaturesAsync(["value"], ids, cancellationToken: Token);
        var expected = rows.GetColumn<object?>("value").Reverse();
        Assert.Equal(expected, inProcess.GetColumn<object?>("value"));
        Assert.Equal(expected, onDuckDB.GetColumn<object?>("value"));
        Assert.Equal(inProcess.Schema.GetFieldByName("value").DataType.Name, onDuckDB.Schema.GetFieldByName("value").DataType.Name);

        Assert.Equal(delta, DeltaTypeOf("value"));
        Assert.Equal(Normal(duckdb), Normal(await DuckDBTypeOfAsync("value")));
    }

    [Fact]
    public void The_table_has_a_row_for_every_kind() =>
        Assert.Equal(Enum.GetValues<DataTypeKind>().Order(), Table.Select(row => DataType.Parse(row.Data.Item1).Kind).Order());

    private string DeltaTypeOf(string column)
    {
        foreach (var line in File.ReadLines(Path.Combine(_root, "typed", "v1", "_delta_log", "00000000000000000000.json")))
        {
            using var action = JsonDocument.Parse(line);
            if (!action.RootElement.TryGetProperty("metaData", out var metadata)) continue;
            using var schema = JsonDocument.Parse(metadata.GetProperty("schemaString").GetString()!);
            return schema.RootElement.GetProperty("fields").EnumerateArray().Single(field => field.GetProperty("name").GetString() == column).GetProperty("type").GetRawText();
        }

        throw new InvalidOperationException("The first commit has no metadata.");
    }

    private async Task<string> DuckDBTypeOfAsync(string column)
    {
        await using var connection = new DuckDBConnection("DataSource=:memory:");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT column_type FROM (DESCRIBE SELECT * FROM read_parquet($files)) WHERE column_name = $column";
        command.Parameters.Add(new DuckDBParameter("files", Path.Combine(_root, "typed", "v1", "*.parquet")));
        command.Parameters.Add(new DuckDBParameter("column", column));
        return (string)(await command.ExecuteScalarAsync(Token))!;
    }

    /// <summary>Type names without quotes and spaces, which differ in what is optional.</summary>
    private static string Normal(string type) => type.Replace("\"", "", StringComparison.Ordinal).Replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    private sealed record Place(double? lat, DateOnly? day);
}
