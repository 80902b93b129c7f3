using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Apache.Arrow.C;
using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>Functions of DuckDB's C library that its .NET package does not wrap: Arrow in both directions, and what a statement is.</summary>
internal static unsafe partial class DuckDBNative
{
    private const string Library = "duckdb";

    [LibraryImport(Library, EntryPoint = "duckdb_prepared_statement_type")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial DuckDBStatementType StatementType(DuckDBPreparedStatement statement);

    [LibraryImport(Library, EntryPoint = "duckdb_prepared_statement_column_count")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial long ColumnCount(DuckDBPreparedStatement statement);

    [LibraryImport(Library, EntryPoint = "duckdb_prepared_statement_column_name")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial nint ColumnName(DuckDBPreparedStatement statement, long index);

    [LibraryImport(Library, EntryPoint = "duckdb_parameter_name")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial nint ParameterName(DuckDBPreparedStatement statement, long index);

    [LibraryImport(Library, EntryPoint = "duckdb_create_varchar_length")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial DuckDBValue CreateText(byte* text, long length);

    [LibraryImport(Library, EntryPoint = "duckdb_create_map_type")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial DuckDBLogicalType CreateMapType(DuckDBLogicalType key, DuckDBLogicalType value);

    [LibraryImport(Library, EntryPoint = "duckdb_create_struct_type")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial DuckDBLogicalType CreateStructType(nint* types, nint* names, long count);

    [LibraryImport(Library, EntryPoint = "duckdb_create_map_value")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial DuckDBValue CreateMap(DuckDBLogicalType type, nint* keys, nint* values, long count);

    [LibraryImport(Library, EntryPoint = "duckdb_create_struct_value")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial DuckDBValue CreateStruct(DuckDBLogicalType type, nint* members);

    [LibraryImport(Library, EntryPoint = "duckdb_free")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial void Free(nint pointer);

    [LibraryImport(Library, EntryPoint = "duckdb_arrow_scan", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial DuckDBState ArrowScan(DuckDBNativeConnection connection, string view, CArrowArrayStream* stream);

    [LibraryImport(Library, EntryPoint = "duckdb_connection_get_arrow_options")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial void GetArrowOptions(DuckDBNativeConnection connection, out nint options);

    [LibraryImport(Library, EntryPoint = "duckdb_destroy_arrow_options")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial void DestroyArrowOptions(ref nint options);

    [LibraryImport(Library, EntryPoint = "duckdb_to_arrow_schema")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial nint ToArrowSchema(nint options, nint* types, byte** names, long count, CArrowSchema* schema);

    [LibraryImport(Library, EntryPoint = "duckdb_data_chunk_to_arrow")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial nint ToArrowArray(nint options, DuckDBDataChunk chunk, CArrowArray* array);

    [LibraryImport(Library, EntryPoint = "duckdb_query_progress")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial DuckDBProgress Progress(DuckDBNativeConnection connection);

    [LibraryImport(Library, EntryPoint = "duckdb_error_data_message")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial nint ErrorMessage(nint error);

    [LibraryImport(Library, EntryPoint = "duckdb_destroy_error_data")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial void DestroyError(ref nint error);

    /// <summary>Throws what a function reported, and frees the report.</summary>
    public static void ThrowOnError(nint error)
    {
        if (error == 0) return;
        var message = Marshal.PtrToStringUTF8(ErrorMessage(error));
        DestroyError(ref error);
        throw new DuckDBEngineException(message ?? "an unknown error", interrupted: false);
    }
}

/// <summary>How far a statement has come, as DuckDB's library lays it out in memory.</summary>
/// <param name="Percentage">From 0 to 100; negative where DuckDB cannot say.</param>
/// <param name="Rows">The rows that were worked on.</param>
/// <param name="TotalRows">The rows that there are, as DuckDB estimates them.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct DuckDBProgress(double Percentage, ulong Rows, ulong TotalRows);
