namespace Tauro.FeatureStore.Engines;

/// <summary>One read of an as-of plan.</summary>
/// <remarks>
/// <para>
/// The join compares a place in the order of the rows, (event time, created time, write sequence), as one struct, because an as-of join takes one inequality and picks
/// at random among equals; so no two places are equal. A created time that follows from the sequence is left out.
/// </para>
/// <para>
/// Known as of, the greatest in order among the rows visible at a moment is looked for. A row with an earlier event than one that was visible by then never answers
/// again; without these, the order of the rows and the order in which they become visible agree, so the place is (visible from, created time, write sequence).
/// </para>
/// <para>The lookback is looked at last: where the greatest is too old, all are.</para>
/// </remarks>
/// <param name="read">The read.</param>
/// <param name="source">Its rows.</param>
/// <param name="spine">What is known of the spine.</param>
/// <param name="eachMoment">Whether the source has rows for each moment, which then must be equal too.</param>
internal sealed class AsOfSql(AsOfRead read, SourceSql source, SpineFacts spine, bool eachMoment = false)
{
    /// <summary>After every time and every sequence.</summary>
    private const string Last = "9223372036854775807";

    /// <summary>Before every time and every sequence.</summary>
    private const string First = "-9223372036854775807";

    /// <summary>A spine of that many times fewer rows than the source has picks its keys out of the source before they are sorted.</summary>
    private const int FewKeys = 16;

    private readonly Dictionary<string, object?> _parameters = new(source.Relation.Parameters)
    {
        ["delay"] = read.Visibility.Delay,
        ["lookback"] = read.Visibility.Lookback,
    };

    private bool KnownAsOf => read.Visibility.KnownAsOf && source.HasCreated;

    /// <summary>What stands first in a place, or null where the static rows of a group have only their sequence.</summary>
    private string? PlaceTime => KnownAsOf ? Names.Visible : source.IsTimed ? Names.Event : null;

    /// <summary>The row numbers of the spine and the columns of the read, ordered by row number.</summary>
    public PlanQuery Render()
    {
        var query = new Query().Then("source", $"""
            SELECT
              {Query.Columns(SourceColumns())}
            FROM {source.Relation.From}
            {Query.Where(SourceConditions())}
            """);
        if (HasFewKeys) query.Then("picked", $"""
            SELECT * FROM source SEMI JOIN {Id(Names.Spine)} AS wanted
            ON {Query.All(read.Keys.Select((key, i) => $"source.{Id(Names.Key(i))} = wanted.{Id(key.SpineColumn)}"))}
            """);
        if (KnownAsOf) query.Then("visible", $"""
            SELECT *, {VisibleFrom()} AS {Id(Names.Visible)}
            FROM {query.Last}
            WHERE {Id(Names.Created)} IS NOT NULL
            """);
        if (KnownAsOf && source.IsTimed) query.Then("never_overtaken", $"""
            SELECT * FROM visible
            QUALIFY {Id(Names.Event)} >= max({Id(Names.Event)}) OVER ({PartitionByKeys()}ORDER BY {Id(Names.Visible)} RANGE UNBOUNDED PRECEDING)
            """);
        query.Then("placed", $"SELECT *, {SourcePlace()} AS {Id(Names.Place)} FROM {query.Last}");
        query.Then("spine", $"SELECT *, {SpinePlace()} AS {Id(Names.Place)} FROM {Id(Names.Spine)}");
        return new PlanQuery(query.Select($"""
            SELECT
              {Query.Columns(Columns())}
            FROM spine ASOF LEFT JOIN placed
            ON {Query.All(JoinConditions())}
            ORDER BY spine.{Id(Names.Row)}
            """), _parameters);
    }

    private bool HasFewKeys => read.Keys.Count > 0 && spine.Rows < source.Relation.Rows / FewKeys;

    private IEnumerable<string> SourceColumns()
    {
        for (var i = 0; i < read.Keys.Count; i++) yield return $"{source.Column(read.Keys[i].SourceColumn, read.Keys[i].Type)} AS {Id(Names.Key(i))}";
        foreach (var output in read.Outputs) yield return $"{source.Column(output.Column)} AS {Id(output.Name)}";
        if (eachMoment) yield return Id(Names.AsOf);
        if (source.IsTimed) yield return $"{source.Event} AS {Id(Names.Event)}";
        if (source.HasCreatedColumn || KnownAsOf) yield return $"{source.Created} AS {Id(Names.Created)}";
        yield return $"{source.Sequence} AS {Id(Names.Sequence)}";
    }

    private IEnumerable<string> SourceConditions()
    {
        if (read.NotNull is { } column) yield return $"{source.Column(column)} IS NOT NULL";
        if (!source.IsTimed) yield break;

        // What no row of the spine can see need not be read, and neither a row without a time. Every further filter here costs the join a tenth.
        yield return source.CompareEvent("<=", "until", spine.LastMoment - read.Visibility.Delay, _parameters);
        if (read.Visibility.Lookback is { } lookback) yield return source.CompareEvent(">=", "since", spine.FirstMoment - lookback, _parameters);
    }

    private string VisibleFrom() => source.IsTimed
        ? $"greatest({Id(Names.Event)} + {Parameter("delay")}{(read.Visibility.AllowExactMatches ? "" : " + 1")}, {Id(Names.Created)})"
        : Id(Names.Created);

    private string PartitionByKeys()
    {
        string[] columns = [.. read.Keys.Select((_, i) => Id(Names.Key(i))), .. eachMoment ? (string[])[Id(Names.AsOf)] : []];
        return columns.Length == 0 ? "" : $"PARTITION BY {string.Join(", ", columns)} ";
    }

    private string SourcePlace() => Struct(PlaceTime is { } time ? Id(time) : null, Id(Names.Created), Id(Names.Sequence));

    private string SpinePlace()
    {
        var time = KnownAsOf
            ? Id(Names.Moment)
            : $"{Id(Names.Moment)} - {Parameter("delay")}{(read.Visibility.AllowExactMatches ? "" : " - 1")}";
        return PlaceTime is not null ? Struct(UnlessNever(time), Last, Last)
            : source.HasCreatedColumn ? Struct(null, UnlessNever(Last), Last)
            : Struct(null, Last, UnlessNever(Last));
    }

    /// <summary>The first member of a spine's place. A null struct would match all places, so a row without a moment looks from before all of them.</summary>
    private static string UnlessNever(string member) => $"CASE WHEN {Id(Names.Moment)} IS NULL THEN {First} ELSE {member} END";

    private string Struct(string? time, string created, string sequence)
    {
        var members = new List<string>(3);
        if (time is not null) members.Add($"'time': {time}");
        if (source.HasCreatedColumn) members.Add($"'created': {created}");
        members.Add($"'sequence': {sequence}");
        return $"{{{string.Join(", ", members)}}}";
    }

    private IEnumerable<string> JoinConditions()
    {
        for (var i = 0; i < read.Keys.Count; i++) yield return $"spine.{Id(read.Keys[i].SpineColumn)} = placed.{Id(Names.Key(i))}";
        if (eachMoment) yield return $"spine.{Id(Names.Moment)} = placed.{Id(Names.AsOf)}";
        yield return $"spine.{Id(Names.Place)} >= placed.{Id(Names.Place)}";
    }

    private IEnumerable<string> Columns()
    {
        yield return $"spine.{Id(Names.Row)}";
        foreach (var output in read.Outputs) yield return $"{Fresh($"placed.{Id(output.Name)}")} AS {Id(output.Name)}";
        if (read.EventTimeOutput is { } time)
            yield return $"{(source.IsTimed ? Fresh($"make_timestamp(placed.{Id(Names.Event)})") : "CAST(NULL AS TIMESTAMP)")} AS {Id(time)}";
        if (read.MatchOutput is { } mark)
            yield return $"coalesce({Fresh($"placed.{Id(Names.Sequence)} IS NOT NULL")}, false) AS {Id(mark)}";
    }

    private string Fresh(string value) => read.Visibility.Lookback is null || !source.IsTimed
        ? value
        : $"CASE WHEN placed.{Id(Names.Event)} >= spine.{Id(Names.Moment)} - {Parameter("lookback")} THEN {value} END";

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);

    private static string Parameter(string name) => DuckDBDialect.Instance.Parameter(name);
}
