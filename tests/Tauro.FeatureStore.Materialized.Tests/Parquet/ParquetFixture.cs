using System.Globalization;
using Apache.Arrow;
using DuckDB.NET.Data;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>A folder for one test, gone after it, and DuckDB to look into the files with other eyes.</summary>
public abstract class ParquetFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tauro-parquet-");

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string NewPath() => Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N") + ".parquet");

    private protected static RecordBatch Batch(IReadOnlyList<ParquetColumn> columns, params IArrowArray[] arrays)
    {
        var schema = new Schema([.. columns.Select(column => ArrowTypes.ToField(column.Name, column.Type, column.Nullable))], null);
        return new RecordBatch(schema, arrays, arrays.Length == 0 ? 0 : arrays[0].Length);
    }

    private protected async Task<(string Path, ParquetFileStatistics Statistics)> WriteAsync(IReadOnlyList<ParquetColumn> columns, params RecordBatch[] batches)
    {
        var path = NewPath();
        await using var output = File.Create(path);
        await using var writer = await ParquetFileWriter.CreateAsync(output, columns, Token);
        foreach (var batch in batches) await writer.WriteAsync(batch, Token);
        var statistics = await writer.CompleteAsync(Token);
        Assert.Equal(output.Length, statistics.ByteCount);
        return (path, statistics);
    }

    private protected Task<(string Path, ParquetFileStatistics Statistics)> WriteAsync(DataType type, IReadOnlyList<object?> values)
    {
        ParquetColumn[] columns = [new("value", type, Nullable: true)];
        return WriteAsync(columns, Batch(columns, Cells.Build(type, values)));
    }

    private protected static Task<ParquetFileReader> OpenAsync(string path) => ParquetFileReader.OpenAsync(File.OpenRead(path), Token);

    private protected static async Task<IReadOnlyList<string>> ReadAsync(string path, string column, DataType type)
    {
        await using var reader = await OpenAsync(path);
        var values = new List<string>();
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            var array = await reader.ReadColumnAsync(group, column, type, Token);
            Assert.Equal(reader.RowsIn(group), array.Length);
            SameType(ArrowTypes.ToArrow(type), array.Data.DataType);
            values.AddRange(Cells.Texts(array, type));
        }

        return values;
    }

    /// <summary>Compares many rows, and shows the first that differs.</summary>
    private protected static void SameRows(IReadOnlyList<string> expected, IReadOnlyList<string> found)
    {
        Assert.Equal(expected.Count, found.Count);
        for (var row = 0; row < expected.Count; row++)
        {
            if (expected[row] != found[row]) Assert.Equal($"row {row}: {expected[row]}", $"row {row}: {found[row]}");
        }
    }

    private static void SameType(Apache.Arrow.Types.IArrowType expected, Apache.Arrow.Types.IArrowType found)
    {
        Assert.Equal(expected.GetType(), found.GetType());
        if (expected is Apache.Arrow.Types.TimestampType one) Assert.Equal((one.Unit, one.Timezone), (((Apache.Arrow.Types.TimestampType)found).Unit, ((Apache.Arrow.Types.TimestampType)found).Timezone));
        if (expected is not Apache.Arrow.Types.NestedType nested) return;
        foreach (var (left, right) in nested.Fields.Zip(((Apache.Arrow.Types.NestedType)found).Fields)) SameType(left.DataType, right.DataType);
    }

    /// <summary>Runs a statement in DuckDB and gives the rows, each value as text.</summary>
    private protected static IReadOnlyList<string[]> DuckDB(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SET TimeZone = 'UTC'";
        command.ExecuteNonQuery();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(index => reader.IsDBNull(index) ? "null" : Convert.ToString(reader.GetValue(index), CultureInfo.InvariantCulture)!)]);
        return rows;
    }

    /// <summary>Has DuckDB write a file.</summary>
    private protected string Copy(string select, string options = "")
    {
        var path = NewPath();
        DuckDB($"COPY ({select}) TO '{path}' (FORMAT PARQUET{options})");
        return path;
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
