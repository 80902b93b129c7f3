using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.C;
using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>
/// One connection, used by one operation. All calls block until DuckDB is done, and are made one after another; only <see cref="Interrupt"/> may come from elsewhere.
/// </summary>
internal sealed class DuckDBSession : IDisposable
{
    private readonly DuckDBNativeConnection _connection;
    private readonly Action _ended;
    private readonly IReadOnlyDictionary<string, FeatureStoreException>? _unreadable;
    private DuckDBCursor? _cursor;
    private bool _seesOneVersion;

    /// <param name="connection">The connection, which the session disposes.</param>
    /// <param name="ended">Told when the session has ended.</param>
    /// <param name="deltas">The Delta tables that a caller's queries may name, or null.</param>
    public DuckDBSession(DuckDBNativeConnection connection, Action ended, DeltaViews? deltas)
    {
        (_connection, _ended) = (connection, ended);
        if (deltas is { IsEmpty: false }) _unreadable = deltas.Refresh(this);
    }

    /// <summary>Runs statements of our own to their end.</summary>
    public void Execute(string sql, IReadOnlyDictionary<string, object?>? parameters = null)
    {
        using var cursor = Open(sql, parameters);
        while (cursor.Read() is { } batch) batch.Dispose();
    }

    /// <summary>Runs one statement of our own, and reads its rows as they come.</summary>
    public DuckDBCursor Open(string sql, IReadOnlyDictionary<string, object?>? parameters = null)
    {
        using var statement = DuckDBStatement.Prepare(_connection, sql);
        return Open(statement, parameters);
    }

    /// <summary>Runs one query of a caller, and reads its rows as they come.</summary>
    public DuckDBCursor OpenQuery(string sql, IReadOnlyDictionary<string, object?>? parameters)
    {
        using var statement = PrepareQuery(sql);
        return Open(statement, parameters);
    }

    /// <summary>Runs a caller's query for its columns alone.</summary>
    /// <remarks>Its types may depend on the parameters, which are bound only when it runs; without rows to return, DuckDB runs nothing of it.</remarks>
    public DuckDBCursor OpenQueryWithoutRows(string sql, IReadOnlyDictionary<string, object?>? parameters)
    {
        using (var statement = PrepareQuery(sql))
        {
            // It is one query, so nesting it cannot make two of it; but nested, DuckDB would give a column that stands twice another name.
            statement.CheckDistinctColumns();
        }

        return Open($"SELECT * FROM (\n{SqlText.Read(sql).Query}\n) LIMIT 0", parameters);
    }

    /// <summary>Makes a table in memory a temporary table, with the number of each row in <paramref name="rowColumn"/>.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="name">The table's name.</param>
    /// <param name="rowColumn">A name that none of the table's columns has.</param>
    /// <param name="columns">The columns that the table gets, as SQL.</param>
    public void Import(FeatureTable table, string name, string rowColumn, string columns = "*") =>
        Copy(table, rowColumn, rows => $"CREATE TEMP TABLE {Quote(name)} AS SELECT {columns} FROM {rows}");

    /// <summary>Makes a table in memory a table that all sessions see, in place of one of that name.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="name">The table's name, quoted.</param>
    /// <param name="rowColumn">A name that none of the table's columns has.</param>
    public void Declare(FeatureTable table, string name, string rowColumn) =>
        Copy(table, rowColumn, rows => $"CREATE OR REPLACE TABLE {name} AS SELECT * EXCLUDE ({Quote(rowColumn)}) FROM {rows} ORDER BY {Quote(rowColumn)}");

    private unsafe void Copy(FeatureTable table, string rowColumn, Func<string, string> statement)
    {
        // The view that DuckDB makes of a stream is seen by all connections, so its name is nobody else's.
        var view = Quote($"__stream_{Guid.NewGuid():N}");
        using var rows = new NumberedRows(table, rowColumn);
        var stream = CArrowArrayStream.Create();
        try
        {
            CArrowArrayStreamExporter.ExportArrayStream(rows, stream);
            if (DuckDBNative.ArrowScan(_connection, view[1..^1], stream) != DuckDBState.Success)
                throw new DuckDBEngineException($"DuckDB did not take the table with the columns {string.Join(", ", table.ColumnNames)}.", interrupted: false);
            try
            {
                Execute(statement(view));
            }
            finally
            {
                Execute($"DROP VIEW IF EXISTS {view}");
            }
        }
        finally
        {
            CArrowArrayStream.Free(stream);
        }
    }

    /// <summary>The tables that a query names, as DuckDB's parser finds them, sorted.</summary>
    public IReadOnlyList<string> TablesOf(string sql)
    {
        using (PrepareQuery(sql))
        {
            // It is one query, and what it names is there.
        }

        return NamesIn(sql);
    }

    /// <summary>DuckDB's plan of a query.</summary>
    public string Explain(string sql, IReadOnlyDictionary<string, object?>? parameters)
    {
        using (PrepareQuery(sql))
        {
            // It is one query, so what is explained is never run.
        }

        using var cursor = Open($"EXPLAIN {sql}", parameters);
        using var plan = cursor.Read()!;
        return ((StringArray)plan.Column(1)).GetString(0);
    }

    /// <summary>Lets DuckDB keep account of how far the statements of this session have come.</summary>
    public void WatchProgress()
    {
        Execute("SET enable_progress_bar_print = false");
        Execute("SET enable_progress_bar = true");
    }

    /// <summary>The share of the running statement that is done, from 0 to 1; null where DuckDB cannot say. From any thread.</summary>
    public double? Progress => DuckDBNative.Progress(_connection) is { Percentage: >= 0 and var percentage } ? percentage / 100 : null;

    /// <summary>Tells DuckDB to stop what it is doing for this session. From any thread.</summary>
    public void Interrupt()
    {
        try
        {
            _connection.Interrupt();
        }
        catch (ObjectDisposedException)
        {
            // It had nothing left to stop.
        }
    }

    public void Dispose()
    {
        if (_connection.IsClosed) return;
        _cursor?.Dispose();
        _connection.Dispose();
        _ended();
    }

    /// <summary>Prepares a caller's query. All queries of a session see the same versions of Delta tables, because they run in one transaction.</summary>
    private DuckDBStatement PrepareQuery(string sql)
    {
        if (_unreadable is not null && !_seesOneVersion)
        {
            Execute("BEGIN TRANSACTION");
            _seesOneVersion = true;
        }

        if (_unreadable is { Count: > 0 })
            foreach (var name in NamesIn(sql))
                if (_unreadable.TryGetValue(name, out var fault)) throw fault;
        return DuckDBStatement.PrepareQuery(_connection, sql);
    }

    private IReadOnlyList<string> NamesIn(string sql)
    {
        using var cursor = Open("SELECT json_serialize_sql(CAST($sql AS VARCHAR))", new Dictionary<string, object?> { ["sql"] = sql });
        using var tree = cursor.Read()!;
        return QueryTables.Of(((StringArray)tree.Column(0)).GetString(0));
    }

    private DuckDBCursor Open(DuckDBStatement statement, IReadOnlyDictionary<string, object?>? parameters)
    {
        _cursor?.Dispose();
        return _cursor = statement.Run(parameters);
    }

    private static string Quote(string name) => DuckDBDialect.Instance.Identifier(name);
}
