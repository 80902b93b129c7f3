using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.C;
using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>The rows of a running statement, read as Arrow while DuckDB goes on.</summary>
internal sealed class DuckDBCursor : IDisposable
{
    private readonly nint _options;
    private readonly string _sql;
    private DuckDBResult _result;
    private bool _ended;
    private bool _disposed;

    private DuckDBCursor(DuckDBResult result, nint options, string sql)
    {
        (_result, _options, _sql) = (result, options, sql);
        ColumnTypes = [.. Enumerable.Range(0, checked((int)NativeMethods.Query.DuckDBColumnCount(ref result))).Select(ColumnType)];
        Schema = ReadSchema();
    }

    /// <summary>The columns as DuckDB exports them.</summary>
    public Schema Schema { get; }

    /// <summary>DuckDB's own types of the columns.</summary>
    public IReadOnlyList<DuckDBType> ColumnTypes { get; }

    /// <summary>Takes over the result of a statement.</summary>
    public static DuckDBCursor Over(DuckDBNativeConnection connection, DuckDBResult result, string sql)
    {
        DuckDBNative.GetArrowOptions(connection, out var options);
        try
        {
            return new DuckDBCursor(result, options, sql);
        }
        catch
        {
            DuckDBNative.DestroyArrowOptions(ref options);
            result.Close();
            throw;
        }
    }

    /// <summary>The next rows, which the caller disposes; null at the end. DuckDB hands out about two thousand at a time.</summary>
    public unsafe RecordBatch? Read()
    {
        if (_ended) return null;
        using var chunk = NativeMethods.Query.DuckDBFetchChunk(_result);
        if (chunk.IsInvalid)
        {
            _ended = true;
            if (NativeMethods.Query.DuckDBResultError(ref _result) is not { Length: > 0 } error) return null;
            throw EngineReport.Read(error, _sql, NativeMethods.Query.DuckDBResultErrorType(ref _result) == DuckDBErrorType.Interrupt);
        }

        CArrowArray array = default;
        DuckDBNative.ThrowOnError(DuckDBNative.ToArrowArray(_options, chunk, &array));
        return CArrowArrayImporter.ImportRecordBatch(&array, Schema);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        var options = _options;
        DuckDBNative.DestroyArrowOptions(ref options);
        _result.Close();
    }

    private DuckDBType ColumnType(int column) => NativeMethods.Query.DuckDBColumnType(ref _result, column);

    private unsafe Schema ReadSchema()
    {
        var count = ColumnTypes.Count;
        var types = new DuckDBLogicalType[count];
        var names = stackalloc byte*[count];
        new Span<nint>(names, count).Clear();
        var handles = stackalloc nint[count];
        try
        {
            for (var i = 0; i < count; i++)
            {
                types[i] = NativeMethods.Query.DuckDBColumnLogicalType(ref _result, i);
                handles[i] = types[i].DangerousGetHandle();
                names[i] = (byte*)Marshal.StringToCoTaskMemUTF8(NativeMethods.Query.DuckDBColumnName(ref _result, i));
            }

            CArrowSchema schema = default;
            DuckDBNative.ThrowOnError(DuckDBNative.ToArrowSchema(_options, handles, names, count, &schema));
            return CArrowSchemaImporter.ImportSchema(&schema);
        }
        finally
        {
            for (var i = 0; i < count; i++)
            {
                types[i]?.Dispose();
                Marshal.FreeCoTaskMem((nint)names[i]);
            }
        }
    }
}
