namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// The SQL of one read of an as-of plan: the feature rows and the spine's rows in one order of time within each key, each spine row taking the last feature row
/// before it. One shuffle by key, linear whatever the skew.
/// </summary>
internal sealed class AsOfSql(AsOfRead read, SourceSql source, string spine, SpineTimes times)
{
    public const string RowColumn = "__row";

    private readonly VisibilityRule _rule = read.Visibility;

    private bool NeedsEventTime => _rule.Lookback is not null || read.EventTimeOutput is not null || _rule.KnownAsOf || !source.HasSequence;

    private IEnumerable<string> Keys => Enumerable.Range(0, read.Keys.Count).Select(KeyName);

    /// <summary>The row number, the outputs of the read in their order, then its matched event time and its mark.</summary>
    public string Write(bool ordered)
    {
        var columns = read.Outputs.Select((_, i) => $"a.o{i} AS c{i}").Prepend(RowColumn);
        if (read.EventTimeOutput is not null) columns = columns.Append(read.Rows.EventTime is null ? "CAST(NULL AS TIMESTAMP_LTZ) AS ce" : "timestamp_micros(a.e) AS ce");
        if (read.MatchOutput is not null) columns = columns.Append("a IS NOT NULL AS cm");
        return $"""
            SELECT {string.Join(", ", columns)}
            FROM (SELECT {RowColumn}, {Answer()} AS a FROM (
              SELECT {RowColumn}, t, {Last()} AS found{(source.HasSequence ? "" : $", {NoTwins()} AS sound")}
              FROM (
                {FeatureRows()}
                UNION ALL
                {SpineRows()}))
              WHERE {(source.HasSequence ? "" : "sound AND ")}{RowColumn} IS NOT NULL)
            {(ordered ? $"ORDER BY {RowColumn}" : "")}
            """;
    }

    private static string KeyName(int place) => FormattableString.Invariant($"k{place}");

    /// <summary>Too old only if all are: the last one is the youngest.</summary>
    private string Answer() => _rule.Lookback is { } lookback ? $"CASE WHEN found.e >= t - {SparkLiteral.Whole(lookback)} THEN found END" : "found";

    /// <summary>Known as of, the latest to become visible need not be the greatest in order, so the greatest so far is kept.</summary>
    private string Last() => $"{(_rule.KnownAsOf ? "max_by(payload, rank)" : "last_value(payload, true)")} OVER ({InOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)";

    /// <summary>Rows of equal places stand side by side, so that they are counted on the way.</summary>
    private string NoTwins() => SourceSql.NoTwins(
        $"count(payload) OVER ({InOrder} RANGE BETWEEN CURRENT ROW AND CURRENT ROW)", read.Keys.Select((key, i) => (key.SourceColumn.Name, KeyName(i))), read.Rows, "payload.e");

    private string InOrder
    {
        get
        {
            string[] partition = [.. Keys, .. source.Moment is null ? (string[])[] : ["m"]];
            string[] order = ["t", .. OrdersByEvent ? (string[])["e"] : [], .. source.HasOwnCreatedTime && !(_rule.KnownAsOf && source.HasSequence) ? (string[])["c"] : [], "s"];
            return $"{(partition.Length == 0 ? "" : $"PARTITION BY {string.Join(", ", partition)} ")}ORDER BY {string.Join(", ", order)}";
        }
    }

    /// <summary>Rows that become visible together may have different event times.</summary>
    private bool OrdersByEvent => _rule.KnownAsOf && !source.HasSequence;

    private string FeatureRows()
    {
        var columns = read.Keys.Select((key, i) => $"{Key(key)} AS {KeyName(i)}").ToList();
        if (source.Moment is { } moment) columns.Add($"{moment} AS m");
        columns.Add($"{VisibleFrom()} AS t");
        if (OrdersByEvent) columns.Add($"{source.EventTime} AS e");
        if (source.HasOwnCreatedTime) columns.Add($"{source.CreatedTime} AS c");
        columns.Add($"{source.Sequence} AS s");
        columns.Add($"CAST(NULL AS BIGINT) AS {RowColumn}");
        if (_rule.KnownAsOf) columns.Add($"struct({string.Join(", ", source.OrderWithinTime.Prepend(source.EventTime))}) AS rank");
        columns.Add($"{Payload()} AS payload");
        var conditions = string.Join(" AND ", Conditions());
        return $"SELECT {string.Join(", ", columns)} FROM {source.From}{(conditions.Length == 0 ? "" : $" WHERE {conditions}")}";
    }

    /// <summary>The spine's rows come after all feature rows of their moment.</summary>
    private string SpineRows()
    {
        var last = SparkLiteral.Whole(long.MaxValue);
        var columns = read.Keys.Select((key, i) => $"{SparkDialect.Instance.Identifier(key.SpineColumn)} AS {KeyName(i)}").ToList();
        var moment = $"unix_micros({SparkDialect.Instance.Identifier(times.Column)})";
        if (source.Moment is not null) columns.Add($"{moment} AS m");
        columns.Add($"{moment} AS t");
        if (OrdersByEvent) columns.Add($"{last} AS e");
        if (source.HasOwnCreatedTime) columns.Add($"{last} AS c");
        columns.Add($"{last} AS s");
        columns.Add(RowColumn);
        if (_rule.KnownAsOf) columns.Add("NULL AS rank");
        columns.Add("NULL AS payload");
        return $"SELECT {string.Join(", ", columns)} FROM {spine}";
    }

    private static string Key(KeyMatch key)
    {
        var name = SparkDialect.Instance.Identifier(key.SourceColumn.Name);
        return key.Type == key.SourceColumn.Type ? name : $"CAST({name} AS {SparkDialect.Instance.TypeName(key.Type)})";
    }

    /// <summary>The first microsecond at which a row counts. Where exact matches do not, that is one more.</summary>
    private string VisibleFrom()
    {
        var shift = _rule.Delay + (_rule.AllowExactMatches ? 0 : 1);
        var visible = read.Rows.EventTime is null || shift == 0 ? source.EventTime : $"{source.EventTime} + {SparkLiteral.Whole(shift)}";
        return _rule.KnownAsOf ? $"greatest({visible}, {source.CreatedTime})" : visible;
    }

    private string Payload()
    {
        var members = read.Outputs.Select((output, i) => FormattableString.Invariant($"'o{i}', ") + SparkDialect.Instance.Identifier(output.Column.Name));
        if (NeedsEventTime) members = members.Prepend($"'e', {source.EventTime}");
        return $"named_struct({string.Join(", ", members)})";
    }

    private IEnumerable<string> Conditions()
    {
        foreach (var key in read.Keys) yield return $"{SparkDialect.Instance.Identifier(key.SourceColumn.Name)} IS NOT NULL";
        // What says nothing of when it was learned is never known; files and tables always say it.
        if (_rule.KnownAsOf && read.Rows.CreatedTime is { } created) yield return $"{SparkDialect.Instance.Identifier(created.Name)} IS NOT NULL";
        if (read.NotNull is { } notNull) yield return $"{SparkDialect.Instance.Identifier(notNull.Name)} IS NOT NULL";
        if (read.Rows.EventTime is not { } eventTime) yield break;
        yield return $"{SparkDialect.Instance.Identifier(eventTime.Name)} IS NOT NULL";
        var earliest = _rule.Lookback is { } lookback ? times.First - lookback : (long?)null;
        foreach (var condition in SourceSql.Between(eventTime, earliest, times.Last - _rule.Delay)) yield return condition;
    }
}
