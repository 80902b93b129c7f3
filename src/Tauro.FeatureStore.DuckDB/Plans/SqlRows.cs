using Apache.Arrow.Types;
using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>The rows of a caller's query within a plan: the query stands whole on lines of its own, and its columns are brought to the types of the plan.</summary>
internal sealed class SqlRows
{
    private readonly Dictionary<string, IArrowType> _types = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, DuckDBType> _stored = new(StringComparer.OrdinalIgnoreCase);
    private readonly SqlSource _source;
    private readonly string _query;

    private SqlRows(SqlSource source, string query) => (_source, _query) = (source, query);

    /// <summary>What stands after FROM.</summary>
    public string From => $"(\n{_query}\n) AS {Id("__query")}";

    /// <summary>What stands after FROM where only the rows of the spine's entities are wanted. The spine's columns have names of their own there, because the query's may be the same.</summary>
    public string FromWanted(IReadOnlyList<KeyMatch> keys) => $"""
        {From} SEMI JOIN (SELECT {string.Join(", ", keys.Select((key, i) => $"{Id(key.SpineColumn)} AS {Id(Names.Key(i))}"))} FROM {Id(Names.Spine)}) AS wanted
        ON {Query.All(keys.Select((key, i) => $"{Column(key.SourceColumn)} = wanted.{Id(Names.Key(i))}"))}
        """;

    /// <summary>The query as a relation, for filters that go down into it.</summary>
    public Relation Relation => new(From, "0", null, 0, _stored, new Dictionary<string, object?>());

    /// <summary>Checks that the text is one query, and looks at its columns.</summary>
    public static SqlRows Open(SqlSource source, DuckDBSession session)
    {
        var rows = new SqlRows(source, SqlText.Read(source.Sql).Query);
        using var cursor = session.OpenQueryWithoutRows(rows._query, rows.Parameters(moment: null));
        for (var i = 0; i < cursor.ColumnTypes.Count; i++)
        {
            var field = cursor.Schema.GetFieldByIndex(i);
            rows._types.TryAdd(field.Name, field.DataType);
            rows._stored.TryAdd(field.Name, cursor.ColumnTypes[i]);
        }

        return rows;
    }

    /// <summary>The values of the query's parameters for one moment.</summary>
    public Dictionary<string, object?> Parameters(long? moment)
    {
        var parameters = new Dictionary<string, object?>(_source.Parameters, StringComparer.OrdinalIgnoreCase);
        if (_source.UsesAsOf) parameters[SqlSource.AsOfParameter] = new UtcTimestamp(moment ?? 0);
        return parameters;
    }

    /// <summary>A column in the type of the plan. Nothing is rounded: a value that does not fit is an error.</summary>
    public string Column(PlanColumn column)
    {
        if (!_types.TryGetValue(column.Name, out var from))
            throw new DuckDBEngineException($"the query returns no column '{column.Name}'. It returns: {string.Join(", ", _types.Keys)}", interrupted: false);
        var (name, type) = (Id(column.Name), DuckDBDialect.Instance.TypeName(column.Type));
        if (column.Type.Kind == DataTypeKind.Timestamp && _stored[column.Name] == DuckDBType.TimestampNs)
            return $"make_timestamp({TimeSql.Micros(name, DuckDBType.TimestampNs)})";
        if (ArrowTypes.FromArrow(from) == column.Type || (from is (TimestampType or Date32Type or StringType or FloatType) && QueryTypes.CanRead(from, column.Type))) return $"CAST({name} AS {type})";
        if (!QueryTypes.CanRead(from, column.Type))
            throw new DuckDBEngineException($"the query's column '{column.Name}' is {QueryTypes.NameOf(from)}, and {column.Type} is wanted", interrupted: false);
        var refusal = DuckDBDialect.Instance.TextLiteral($"The column '{column.Name}' holds a value that does not fit into {column.Type}.");
        return $"CASE WHEN {name} IS NULL THEN NULL WHEN TRY_CAST({name} AS {type}) = {name}{Exact(name, column.Type)} THEN TRY_CAST({name} AS {type}) ELSE error({refusal}) END";
    }

    /// <summary>A column in another type that holds all its values.</summary>
    public string Column(PlanColumn column, DataType type) => column.Type == type ? Column(column) : $"CAST({Column(column)} AS {DuckDBDialect.Instance.TypeName(type)})";

    /// <summary>The microseconds of a time column.</summary>
    public string Micros(PlanColumn column)
    {
        var value = Column(column);
        return column.Type.Kind == DataTypeKind.Timestamp && _stored[column.Name] is (DuckDBType.Timestamp or DuckDBType.TimestampTz or DuckDBType.TimestampNs)
            ? TimeSql.Micros(Id(column.Name), _stored[column.Name])
            : TimeSql.Micros(value, DuckDBType.TimestampTz);
    }

    /// <summary>Beyond these numbers a comparison as floating-point numbers does not see the difference.</summary>
    private static string Exact(string name, DataType type) => type.Kind switch
    {
        DataTypeKind.Float => $" AND {name} BETWEEN -16777216 AND 16777216",
        DataTypeKind.Double => $" AND {name} BETWEEN -9007199254740992 AND 9007199254740992",
        _ => "",
    };

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);
}
