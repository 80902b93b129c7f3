namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The feature rows of one read of an as-of plan: their keys, their times, and which of them can matter at all.</summary>
internal sealed class FeatureRowsSql(AsOfRead read, SourceSql source, SpineTimes times)
{
    private readonly VisibilityRule _rule = read.Visibility;

    /// <summary>The name of a key in both the feature rows and the spine's.</summary>
    public static string KeyName(int place) => FormattableString.Invariant($"k{place}");

    /// <summary>How long after its event time a row counts. Where exact matches do not, that is one microsecond more than the delay.</summary>
    public static long Shift(VisibilityRule rule) => rule.Delay + (rule.AllowExactMatches ? 0 : 1);

    /// <summary>The keys under their names, a time as t, the created time as c where it orders rows, the sequence as s, and what is asked for besides.</summary>
    public string Write(string time, params IEnumerable<string> more)
    {
        var columns = read.Keys.Select((key, i) => $"{Key(key)} AS {KeyName(i)}").Append($"{time} AS t");
        if (source.HasOwnCreatedTime) columns = columns.Append($"{source.CreatedTime} AS c");
        var conditions = string.Join(" AND ", Conditions());
        return $"SELECT {string.Join(", ", columns.Append($"{source.Sequence} AS s").Concat(more))} FROM {source.From}{(conditions.Length == 0 ? "" : $" WHERE {conditions}")}";
    }

    private static string Key(KeyMatch key)
    {
        var name = SparkDialect.Instance.Identifier(key.SourceColumn.Name);
        return key.Type == key.SourceColumn.Type ? name : $"CAST({name} AS {SparkDialect.Instance.TypeName(key.Type)})";
    }

    /// <summary>The first microsecond at which a row counts.</summary>
    public string VisibleFrom()
    {
        var shift = Shift(_rule);
        var visible = read.Rows.EventTime is null || shift == 0 ? source.EventTime : $"{source.EventTime} + {SparkLiteral.Whole(shift)}";
        return _rule.KnownAsOf ? $"greatest({visible}, {source.CreatedTime})" : visible;
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
