using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.C;
using Apache.Arrow.Ipc;
using DuckDB.NET.Data;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>Hands a table to a bare DuckDB connection as Arrow, so that the rival starts from the same spine in memory.</summary>
internal static unsafe partial class DuckDBArrow
{
    public static void CreateTable(DuckDBConnection connection, string name, FeatureTable table)
    {
        var stream = CArrowArrayStream.Create();
        CArrowArrayStreamExporter.ExportArrayStream(new TableStream(table), stream);
        if (Scan(connection.NativeConnection.DangerousGetHandle(), "__spine", (nint)stream) != 0) throw new InvalidOperationException("DuckDB refused the table.");
        using var command = connection.CreateCommand();
        command.CommandText = $"CREATE TEMP TABLE {name} AS SELECT * FROM __spine";
        command.ExecuteNonQuery();
    }

    [LibraryImport("duckdb", EntryPoint = "duckdb_arrow_scan", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Scan(nint connection, string name, nint stream);

    private sealed class TableStream(FeatureTable table) : IArrowArrayStream
    {
        private int _next;

        public Schema Schema => table.Schema;

        public ValueTask<RecordBatch> ReadNextRecordBatchAsync(CancellationToken cancellationToken = default) =>
            new(_next < table.Batches.Count ? table.Batches[_next].SliceShared(0, table.Batches[_next++].Length) : null!);

        public void Dispose()
        {
        }
    }
}
