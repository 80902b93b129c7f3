using System.Globalization;

namespace Tauro.FeatureStore.Engines;

/// <summary>The rows of a caller's query in a temporary table, with the columns that a plan needs in their types; once for each moment where the query uses the moment.</summary>
internal static class SqlTable
{
    /// <summary>Keeps the rows that an as-of read may look at.</summary>
    public static void Keep(string table, AsOfRead read, SqlRows rows, IReadOnlyList<long?> moments, SpineFacts spine, DuckDBSession session)
    {
        PlanColumn[] columns = [.. read.Keys.Select(key => key.SourceColumn), .. read.Outputs.Select(output => output.Column), .. Optional(read.NotNull), .. TimesOf(read.Rows)];
        var picked = read.Keys.Count > 0 && spine.Rows <= StreamedSql.FewKeys;
        var from = picked ? rows.FromWanted(read.Keys) : rows.From;
        for (var i = 0; i < moments.Count; i++)
        {
            var parameters = rows.Parameters(moments[i]);
            var (first, last) = read.Rows.Source is SqlSource { UsesAsOf: true } ? (moments[i], moments[i]) : (spine.FirstMoment, spine.LastMoment);
            var select = Select(columns, rows, from, moments[i], Conditions(read, rows, first, last, parameters));
            session.Execute(i == 0 ? $"CREATE TEMP TABLE {Id(table)} AS\n{select}" : $"INSERT INTO {Id(table)}\n{select}", parameters);
        }
    }

    /// <summary>Keeps the rows of a query as it is at one moment: those of a range, or all.</summary>
    public static void Keep(string table, IEnumerable<PlanColumn> columns, SourceRows source, SqlRows rows, long? moment, RangePlan? range, DuckDBSession session)
    {
        var parameters = rows.Parameters(moment);
        var times = new SourceSql(source, rows.Relation);
        string[] conditions = range is null || source.EventTime is null
            ? []
            : [times.CompareEvent(">=", "__since", range.From, parameters), times.CompareEvent("<", "__until", range.To, parameters)];
        session.Execute($"CREATE TEMP TABLE {Id(table)} AS\n{Select([.. columns, .. TimesOf(source)], rows, rows.From, moment, conditions)}", parameters);
    }

    /// <summary>The keys and times of two rows that nothing tells apart, as a message shows them; null where there are none.</summary>
    public static string? FindTwins(string table, IEnumerable<PlanColumn> keys, SourceRows source, DuckDBSession session)
    {
        string[] shown = [.. keys.Concat(TimesOf(source)).Select(column => column.Name).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (shown.Length == 0) return null;
        var text = string.Join(" || ', ' || ", shown.Select(name => $"{DuckDBDialect.Instance.TextLiteral($"{name} = ")} || CAST({Id(name)} AS VARCHAR)"));
        using var cursor = session.Open($"""
            SELECT {text}
            FROM {Id(table)}
            {Query.Where(shown.Select(name => $"{Id(name)} IS NOT NULL"))}
            GROUP BY {string.Join(", ", shown.Append(Names.AsOf).Select(Id))}
            HAVING count(*) > 1
            ORDER BY ALL
            LIMIT 1
            """);
        using var answer = cursor.Read();
        return answer is { Length: > 0 } ? ((Apache.Arrow.StringArray)answer.Column(0)).GetString(0) : null;
    }

    /// <summary>The table as a source of further steps.</summary>
    public static Relation RelationOf(string table, DuckDBSession session)
    {
        using var cursor = session.Open($"SELECT count(*) FROM {Id(table)}");
        using var count = cursor.Read()!;
        var rows = ((Apache.Arrow.Int64Array)count.Column(0)).GetValue(0)!.Value;
        return Relation.OfTable(table, rows, session) with { Sequence = "rowid" };
    }

    private static string Select(PlanColumn[] columns, SqlRows rows, string from, long? moment, IEnumerable<string> conditions) => $"""
        SELECT
          {Query.Columns(columns.DistinctBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Select(column => $"{rows.Column(column)} AS {Id(column.Name)}")
              .Append($"CAST({moment?.ToString(CultureInfo.InvariantCulture) ?? "NULL"} AS BIGINT) AS {Id(Names.AsOf)}"))}
        FROM {from}
        {Query.Where(conditions)}
        """;

    /// <summary>What no row of the spine can see need not be kept.</summary>
    private static IEnumerable<string> Conditions(AsOfRead read, SqlRows rows, long? first, long? last, Dictionary<string, object?> parameters)
    {
        if (read.Rows.EventTime is null) yield break;
        var source = new SourceSql(read.Rows, rows.Relation);
        yield return source.CompareEvent("<=", "__until", last - read.Visibility.Delay, parameters);
        if (read.Visibility.Lookback is { } lookback) yield return source.CompareEvent(">=", "__since", first - lookback, parameters);
    }

    private static IEnumerable<PlanColumn> TimesOf(SourceRows source) => [.. Optional(source.EventTime), .. Optional(source.CreatedTime)];

    private static IEnumerable<PlanColumn> Optional(PlanColumn? column) => column is null ? [] : [column];

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);
}
