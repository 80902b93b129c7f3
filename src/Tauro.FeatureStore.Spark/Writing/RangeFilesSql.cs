namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// The SQL of a range plan whose rows are to be written: checked, spread over tasks in ranges of keys and event time, and in order within each. One exchange and one sort
/// serve the search for twins, too. What is checked of a row is checked before the exchange, so that a row which breaks a rule ends the work before a file is begun.
/// </summary>
internal sealed class RangeFilesSql(RangePlan plan, SourceSql source, PlanFileTarget target)
{
    private const string CreatedColumn = "__created";
    private const string CountColumn = "__count";

    private readonly WriteRules _rules = new(target.Group);

    /// <summary>Which refusal an error of the server's stands for.</summary>
    public WriteRules Rules => _rules;

    /// <summary>Whether Spark can fill the columns without changing a value, and check all rules.</summary>
    public static bool CanWrite(RangePlan plan, PlanFileTarget target) =>
        plan.Rows is { Source: SqlSource, EventTime: not null } && target.Group.TimestampKey is not null
        && target.Columns.All(column => WriteRules.CanCheck(target.Group, column) && (Find(plan, column) is not { } output || Widens(output.Column.Type, column.Type)));

    public string Write()
    {
        var dialect = SparkDialect.Instance;
        var names = target.Columns.Select(column => dialect.Identifier(column.Name)).ToList();
        var eventTime = target.Columns[target.Group.EntityKeys.Count];
        var keys = target.Group.EntityKeys.Select(key => (key.Name, Value: dialect.Identifier(key.Name))).ToList();
        var order = string.Join(", ", keys.Select(key => key.Value).Append(dialect.Identifier(eventTime.Name)));
        var micros = SourceSql.Microseconds(new PlanColumn(eventTime.Name, eventTime.Type));
        var values = target.Columns.Select((column, i) => $"{Value(column)} AS {names[i]}");
        return $"""
            SELECT {string.Join(", ", names)}
            FROM (SELECT *, count(*) OVER (PARTITION BY {order}, {CreatedColumn}) AS {CountColumn}
            FROM (SELECT /*+ REPARTITION_BY_RANGE({order}) */ *
            FROM (SELECT {string.Join(", ", values)}, {source.CreatedTime} AS {CreatedColumn}
            FROM {source.From}
            WHERE {RangeSql.Condition(plan)})))
            WHERE {SourceSql.NoTwins(CountColumn, keys, plan.Rows, micros)}
            SORT BY {order}, {CreatedColumn}
            """;
    }

    private string Value(StoredColumn column)
    {
        var type = SparkDialect.Instance.TypeName(column.Type);
        if (Find(plan, column) is not { } output) return $"CAST(NULL AS {type})";
        var name = SparkDialect.Instance.Identifier(output.Column.Name);
        return _rules.Check(column, output.Column.Type == column.Type ? name : $"CAST({name} AS {type})");
    }

    private static PlanOutput? Find(RangePlan plan, StoredColumn column) => plan.Outputs.FirstOrDefault(output => output.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a cast of Spark's keeps each value. What narrows, value by value, is checked by this process.</summary>
    private static bool Widens(DataType from, DataType to) => from == to || (from.Kind, to.Kind) is
        (DataTypeKind.Int, DataTypeKind.BigInt) or (DataTypeKind.Float, DataTypeKind.Double) or (DataTypeKind.Date, DataTypeKind.Timestamp);
}
