namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// The SQL of one read of an as-of plan: the feature rows and the spine's rows in one order of time within each key, each spine row taking the last feature row
/// before it. One shuffle by key, linear whatever the skew.
/// </summary>
internal sealed class AsOfSql(AsOfRead read, SourceSql source, string spine, SpineTimes times)
{
    public const string RowColumn = "__row";

    private readonly VisibilityRule _rule = read.Visibility;
    private readonly FeatureRowsSql _features = new(read, source, times);

    private bool NeedsEventTime => _rule.Lookback is not null || read.EventTimeOutput is not null || _rule.KnownAsOf || !source.HasSequence;

    private IEnumerable<string> Keys => Enumerable.Range(0, read.Keys.Count).Select(FeatureRowsSql.KeyName);

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

    /// <summary>Too old only if all are: the last one is the youngest.</summary>
    private string Answer() => _rule.Lookback is { } lookback ? $"CASE WHEN found.e >= t - {SparkLiteral.Whole(lookback)} THEN found END" : "found";

    /// <summary>Known as of, the latest to become visible need not be the greatest in order, so the greatest so far is kept.</summary>
    private string Last() => $"{(_rule.KnownAsOf ? "max_by(payload, rank)" : "last_value(payload, true)")} OVER ({InOrder} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)";

    /// <summary>Rows of equal places stand side by side, so that they are counted on the way.</summary>
    private string NoTwins() => SourceSql.NoTwins(
        $"count(payload) OVER ({InOrder} RANGE BETWEEN CURRENT ROW AND CURRENT ROW)", read.Keys.Select((key, i) => (key.SourceColumn.Name, FeatureRowsSql.KeyName(i))), read.Rows, "payload.e");

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
        List<string> more = [$"CAST(NULL AS BIGINT) AS {RowColumn}"];
        if (source.Moment is { } moment) more.Add($"{moment} AS m");
        if (OrdersByEvent) more.Add($"{source.EventTime} AS e");
        if (_rule.KnownAsOf) more.Add($"struct({string.Join(", ", source.OrderWithinTime.Prepend(source.EventTime))}) AS rank");
        return _features.Write(_features.VisibleFrom(), [.. more, $"{Payload()} AS payload"]);
    }

    /// <summary>The spine's rows come after all feature rows of their moment.</summary>
    private string SpineRows()
    {
        var last = SparkLiteral.Whole(long.MaxValue);
        var moment = $"unix_micros({SparkDialect.Instance.Identifier(times.Column)})";
        var columns = read.Keys.Select((key, i) => $"{SparkDialect.Instance.Identifier(key.SpineColumn)} AS {FeatureRowsSql.KeyName(i)}").ToList();
        columns.Add($"{moment} AS t");
        if (source.HasOwnCreatedTime) columns.Add($"{last} AS c");
        columns.Add($"{last} AS s");
        columns.Add(RowColumn);
        if (source.Moment is not null) columns.Add($"{moment} AS m");
        if (OrdersByEvent) columns.Add($"{last} AS e");
        if (_rule.KnownAsOf) columns.Add("NULL AS rank");
        columns.Add("NULL AS payload");
        return $"SELECT {string.Join(", ", columns)} FROM {spine}";
    }

    private string Payload()
    {
        var members = read.Outputs.Select((output, i) => FormattableString.Invariant($"'o{i}', ") + SparkDialect.Instance.Identifier(output.Column.Name));
        if (NeedsEventTime) members = members.Prepend($"'e', {source.EventTime}");
        return $"named_struct({string.Join(", ", members)})";
    }
}
