using System.Runtime.InteropServices;
using Apache.Arrow;
using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>One statement that DuckDB has parsed and bound.</summary>
internal sealed class DuckDBStatement : IDisposable
{
    private readonly DuckDBNativeConnection _connection;
    private readonly DuckDBPreparedStatement _statement;
    private readonly string _sql;

    private DuckDBStatement(DuckDBNativeConnection connection, DuckDBPreparedStatement statement, string sql) => (_connection, _statement, _sql) = (connection, statement, sql);

    /// <summary>Prepares a text that must be exactly one statement.</summary>
    public static DuckDBStatement Prepare(DuckDBNativeConnection connection, string sql)
    {
        using var statements = Extract(connection, sql);
        return Prepare(connection, statements, sql);
    }

    /// <summary>Prepares a text that must be exactly one query: by what DuckDB itself takes it for, whatever it looks like.</summary>
    public static DuckDBStatement PrepareQuery(DuckDBNativeConnection connection, string sql)
    {
        using var statements = Extract(connection, sql);

        // Some statements act when they are prepared (EXPORT DATABASE makes its folder), so DuckDB's parser is asked first.
        if (!IsQuery(connection, sql)) throw NoQuery();
        var statement = Prepare(connection, statements, sql);
        if (DuckDBNative.StatementType(statement._statement) == DuckDBStatementType.Select) return statement;
        statement.Dispose();
        throw NoQuery();
    }

    /// <summary>Binds the parameters by name, and starts the statement.</summary>
    public DuckDBCursor Run(IReadOnlyDictionary<string, object?>? parameters)
    {
        for (long index = 1, count = NativeMethods.PreparedStatements.DuckDBParams(_statement); index <= count; index++) Bind(index, parameters);
        var state = NativeMethods.PreparedStatements.DuckDBExecutePreparedStreaming(_statement, out var result);
        if (state == DuckDBState.Success) return DuckDBCursor.Over(_connection, result, _sql);
        try
        {
            throw EngineReport.Read(
                NativeMethods.Query.DuckDBResultError(ref result), _sql, NativeMethods.Query.DuckDBResultErrorType(ref result) == DuckDBErrorType.Interrupt);
        }
        finally
        {
            result.Close();
        }
    }

    /// <summary>Throws where two columns have the same name.</summary>
    public void CheckDistinctColumns()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (long i = 0, count = DuckDBNative.ColumnCount(_statement); i < count; i++)
        {
            var pointer = DuckDBNative.ColumnName(_statement, i);
            var name = Marshal.PtrToStringUTF8(pointer) ?? "";
            DuckDBNative.Free(pointer);
            if (!names.Add(name)) throw Refused($"the query returns the column '{name}' twice; give one of them another name with AS");
        }
    }

    public void Dispose() => _statement.Dispose();

    private static DuckDBExtractedStatements Extract(DuckDBNativeConnection connection, string sql)
    {
        if (sql.Contains('\0', StringComparison.Ordinal)) throw Refused("the text holds a NUL character");
        var count = NativeMethods.ExtractStatements.DuckDBExtractStatements(connection, sql, out var statements);
        if (count == 1) return statements;
        using (statements)
            throw NativeMethods.ExtractStatements.DuckDBExtractStatementsError(statements) is { Length: > 0 } error ? EngineReport.Read(error, sql)
                : Refused(count == 0 ? "the text holds no statement" : $"the text holds {count} statements; exactly one is run");
    }

    private static DuckDBStatement Prepare(DuckDBNativeConnection connection, DuckDBExtractedStatements statements, string sql)
    {
        var state = NativeMethods.ExtractStatements.DuckDBPrepareExtractedStatement(connection, statements, 0, out var statement);
        if (state == DuckDBState.Success) return new DuckDBStatement(connection, statement, sql);
        using (statement) throw EngineReport.Read(NativeMethods.PreparedStatements.DuckDBPrepareError(statement), sql);
    }

    /// <summary>DuckDB turns queries, and nothing else, into JSON.</summary>
    private static bool IsQuery(DuckDBNativeConnection connection, string sql)
    {
        using var statement = Prepare(connection, "SELECT CAST(json_serialize_sql(CAST($sql AS VARCHAR))->'error' AS BOOLEAN)");
        using var cursor = statement.Run(new Dictionary<string, object?> { ["sql"] = sql });
        using var answer = cursor.Read();
        return answer is not null && ((BooleanArray)answer.Column(0)).GetValue(0) == false;
    }

    private void Bind(long index, IReadOnlyDictionary<string, object?>? parameters)
    {
        var name = NameOf(index);
        if (parameters is null || !TryFind(parameters, name, out var value))
            throw Refused($"the parameter ${name} has no value. There are values for: {string.Join(", ", (parameters?.Keys ?? []).DefaultIfEmpty("none"))}");
        using var bound = DuckDBValues.Make(name, value);
        if (NativeMethods.PreparedStatements.DuckDBBindValue(_statement, index, bound) != DuckDBState.Success)
            throw Refused($"the parameter ${name} was not bound: {NativeMethods.PreparedStatements.DuckDBPrepareError(_statement)}");
    }

    private string NameOf(long index)
    {
        var pointer = DuckDBNative.ParameterName(_statement, index);
        try
        {
            return Marshal.PtrToStringUTF8(pointer) ?? "";
        }
        finally
        {
            DuckDBNative.Free(pointer);
        }
    }

    /// <summary>DuckDB takes a parameter's name without regard to case.</summary>
    private static bool TryFind(IReadOnlyDictionary<string, object?> parameters, string name, out object? value)
    {
        if (parameters.TryGetValue(name, out value)) return true;
        foreach (var (key, candidate) in parameters)
        {
            if (!key.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            value = candidate;
            return true;
        }

        return false;
    }

    private static DuckDBEngineException NoQuery() => Refused("the statement is no query; only a query (SELECT) is run");

    private static DuckDBEngineException Refused(string message) => new(message, interrupted: false);
}
