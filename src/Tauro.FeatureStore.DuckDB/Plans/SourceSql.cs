using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>The columns and times of a source's rows as DuckDB's SQL. All times are whole microseconds in UTC, whatever type they are stored in.</summary>
internal sealed class SourceSql(SourceRows rows, Relation relation)
{
    /// <summary>The source as DuckDB sees it.</summary>
    public Relation Relation => relation;

    /// <summary>Whether rows have an event time.</summary>
    public bool IsTimed => rows.EventTime is not null;

    /// <summary>Whether rows carry a created time that may order them otherwise than their write sequence. Files are written in the order of their created times.</summary>
    public bool HasCreatedColumn => rows.CreatedTime is not null;

    /// <summary>Whether it is known when the rows became known.</summary>
    public bool HasCreated => HasCreatedColumn || relation.Created is not null;

    /// <summary>The event time.</summary>
    public string Event => Micros(rows.EventTime!);

    /// <summary>The created time.</summary>
    public string Created => rows.CreatedTime is { } column ? Micros(column) : relation.Created!;

    /// <summary>The write sequence.</summary>
    public string Sequence => relation.Sequence;

    /// <summary>A column in its declared type; null where no file has it.</summary>
    public string Column(PlanColumn column) => Column(column, column.Type);

    /// <summary>A column in another type that holds all its values.</summary>
    public string Column(PlanColumn column, DataType type)
    {
        var stored = StoredAs(column);
        if (stored == DuckDBType.TimestampNs && type.Kind == DataTypeKind.Timestamp) return $"make_timestamp({Micros(column)})";
        return $"CAST({(stored is null ? "NULL" : Identifier(column.Name))} AS {DuckDBDialect.Instance.TypeName(type)})";
    }

    /// <summary>A filter on the event time that a reader of files can use to skip some of them.</summary>
    /// <param name="comparison">Such as <c>&gt;=</c>.</param>
    /// <param name="parameter">The name of a parameter.</param>
    /// <param name="micros">The moment to compare with.</param>
    /// <param name="parameters">Where the parameter goes.</param>
    public string CompareEvent(string comparison, string parameter, long? micros, IDictionary<string, object?> parameters)
    {
        var stored = StoredAs(rows.EventTime!);
        parameters[parameter] = (stored, micros) switch
        {
            (DuckDBType.TimestampTz, { } moment) => new UtcTimestamp(moment),
            (DuckDBType.Timestamp, { } moment) => new ZonelessTimestamp(moment),
            _ => micros,
        };
        var time = stored is DuckDBType.TimestampTz or DuckDBType.Timestamp ? Identifier(rows.EventTime!.Name) : Event;
        return $"{time} {comparison} {DuckDBDialect.Instance.Parameter(parameter)}";
    }

    private string Micros(PlanColumn column) => TimeSql.Micros(Identifier(column.Name), StoredAs(column));

    private DuckDBType? StoredAs(PlanColumn column) => relation.Columns.TryGetValue(column.Name, out var type) ? type : null;

    private static string Identifier(string name) => DuckDBDialect.Instance.Identifier(name);
}
