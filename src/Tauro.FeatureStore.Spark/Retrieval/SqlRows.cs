using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The rows of a caller's query within a plan: the query stands whole on lines of its own, and its columns are brought to the types of the plan.</summary>
internal sealed class SqlRows
{
    /// <summary>The moment that a row was computed for, in microseconds.</summary>
    public const string MomentColumn = "__as_of";

    private readonly Dictionary<string, IArrowType> _types = new(StringComparer.OrdinalIgnoreCase);
    private readonly SqlSource _source;

    private SqlRows(SqlSource source)
    {
        _source = source;
        Values = ValuesAt(0);
    }

    /// <summary>What the query's parameters are and where its text stands in what is sent, for what is said about errors.</summary>
    public SqlValues Values { get; }

    /// <summary>Checks that the text is one query, and looks at its columns.</summary>
    public static async Task<SqlRows> OpenAsync(SqlSource source, ISparkQueries spark, CancellationToken cancellationToken)
    {
        var rows = new SqlRows(source);
        // Spark 3.5 runs a command that it is asked to analyse; inside of a query none can stand.
        var described = await spark.DescribeAsync($"SELECT * FROM {rows.QueryAt(0)}", rows.Values, cancellationToken).ConfigureAwait(false);
        foreach (var field in described.FieldsList) rows._types.TryAdd(field.Name, field.DataType);
        return rows;
    }

    /// <summary>What stands after FROM: these columns of the query, run once for each moment where it uses the moment.</summary>
    public string From(IReadOnlyList<PlanColumn> columns, IReadOnlyList<long> moments)
    {
        var selected = string.Join(", ", columns.Select(column => $"{Column(column)} AS {Id(column.Name)}"));
        var selects = moments.Select(moment => $"SELECT {selected}, {SparkLiteral.Whole(moment)} AS {MomentColumn} FROM {QueryAt(moment)}");
        return $"({string.Join("\nUNION ALL ", selects)})";
    }

    private string QueryAt(long moment)
    {
        var values = ValuesAt(moment);
        var bound = SparkSqlText.Bind(_source.Sql, values);
        Values.Remember(values);
        return $"(\n{bound}\n) AS __query";
    }

    private SqlValues ValuesAt(long moment) => new(_source.UsesAsOf
        ? new Dictionary<string, object?>(_source.Parameters, StringComparer.OrdinalIgnoreCase) { [SqlSource.AsOfParameter] = UtcTime.ToDateTimeOffset(moment) }
        : _source.Parameters);

    /// <summary>A column in the type of the plan. Nothing is rounded: a value that does not fit is an error.</summary>
    private string Column(PlanColumn column)
    {
        if (!_types.TryGetValue(column.Name, out var from))
            throw new VirtualizationQueryException($"The query returns no column '{column.Name}'. It returns: {string.Join(", ", _types.Keys)}.");
        if (!QueryTypes.CanRead(from, column.Type))
            throw new VirtualizationQueryException($"The query's column '{column.Name}' is {QueryTypes.NameOf(from)}, and {column.Type} is wanted. CAST it in the query.");
        var (name, type) = (Id(column.Name), SparkDialect.Instance.TypeName(column.Type));
        // A time without a zone has the Arrow type of one with a zone here, so times are always cast; where there is nothing to do that costs nothing.
        if (from is not (Int32Type or Int64Type or Decimal128Type or DoubleType) || ArrowTypes.FromArrow(from) == column.Type) return $"CAST({name} AS {type})";
        var refusal = SparkLiteral.Text($"The column '{column.Name}' holds a value that does not fit into {column.Type}.");
        return $"CASE WHEN {name} IS NULL THEN NULL WHEN try_cast({name} AS {type}) = {name}{Exact(name, column.Type)} THEN try_cast({name} AS {type}) ELSE CAST(raise_error({refusal}) AS {type}) END";
    }

    /// <summary>Beyond these numbers a comparison as floating-point numbers does not see the difference.</summary>
    private static string Exact(string name, DataType type) => type.Kind switch
    {
        DataTypeKind.Float => $" AND {name} BETWEEN -16777216 AND 16777216",
        DataTypeKind.Double => $" AND {name} BETWEEN -9007199254740992 AND 9007199254740992",
        _ => "",
    };

    private static string Id(string name) => SparkDialect.Instance.Identifier(name);
}
