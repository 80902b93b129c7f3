using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Turns a resolved request into plans.</summary>
internal sealed class RetrievalPlanner(RetrievalOptions options, IReadOnlyList<GroupUse> uses, Func<GroupUse, GroupSnapshot> snapshotOf)
{
    /// <summary>The plan for a table of rows, whose keys are checked against those of the groups.</summary>
    public AsOfPlan ForRows(FeatureTable rows, string? timeColumn, long moment)
    {
        var spine = new PlanSpine(rows);
        if (timeColumn is not null) CheckTimeColumn(rows, timeColumn);
        AsOfRead[] reads = [.. uses.Select(use => Read(use, rows, spine))];
        return new AsOfPlan { Spine = spine.Build(timeColumn, moment, options.AllowNullTimes), TimeColumn = PlanSpine.TimeColumn, Reads = reads };
    }

    /// <summary>One plan for each use: its distinct entities at a moment.</summary>
    public IEnumerable<EntitiesPlan> ForEntities(long moment) =>
        uses.Select(use => new EntitiesPlan
        {
            Rows = Rows(use),
            Keys = [.. use.Group.EntityKeys.Select(key => new PlanOutput(KeyColumn(use, key), key.Name))],
            Moment = moment,
            Visibility = Visibility(use),
        });

    /// <summary>The plan for all rows of one group in a range.</summary>
    public RangePlan ForRange(GroupUse use, TimeRange range)
    {
        var rows = Rows(use);
        PlanColumn[] keys = [.. use.Group.EntityKeys.Select(key => KeyColumn(use, key))];
        var outputs = keys.Select(key => new PlanOutput(key, key.Name)).Append(new PlanOutput(rows.EventTime!, use.Group.TimestampKey!));
        if (use.Group.CreatedTimestampKey is { } created && rows.CreatedTime is { } learned) outputs = outputs.Append(new PlanOutput(learned, created));
        return new RangePlan
        {
            Rows = rows,
            Keys = keys,
            Outputs = [.. outputs, .. use.Features.Select(Output)],
            From = UtcTime.FromDateTimeOffset(range.From),
            To = UtcTime.FromDateTimeOffset(range.To),
        };
    }

    /// <summary>The columns that the reads of an as-of plan answer, in their order.</summary>
    public static Schema AnswerSchema(IReadOnlyList<AsOfRead> reads)
    {
        var fields = new List<Field>();
        foreach (var read in reads)
        {
            fields.AddRange(read.Outputs.Select(output => ArrowTypes.ToField(output.Name, output.Column.Type)));
            if (read.EventTimeOutput is { } eventTime) fields.Add(ArrowTypes.ToField(eventTime, DataType.Timestamp));
            if (read.MatchOutput is { } match) fields.Add(ArrowTypes.ToField(match, DataType.Boolean, nullable: false));
        }

        return new Schema(fields, null);
    }

    private AsOfRead Read(GroupUse use, FeatureTable rows, PlanSpine spine) => new()
    {
        Rows = Rows(use),
        Keys = [.. use.Group.EntityKeys.Select(key => Match(use, key, rows, spine))],
        Outputs = [.. use.Features.Select(Output)],
        Visibility = Visibility(use),
        NotNull = use.NotNull is null ? null : new PlanColumn(use.NotNull.Name, use.NotNull.DataType),
        EventTimeOutput = options.IncludeMatches ? use.EventTimeName : null,
        MatchOutput = options.IncludeMatches ? use.MatchName : null,
    };

    private KeyMatch Match(GroupUse use, EntityKey key, FeatureTable rows, PlanSpine spine)
    {
        var column = use.SpineColumn(key);
        if (!rows.HasColumn(column))
            throw new SchemaValidationException(
                $"The group '{use.Group.QualifiedName}' has the entity key '{key.Name}', and the rows have no column '{column}'. They have: {string.Join(", ", rows.ColumnNames)}.")
            {
                FeatureGroup = use.Group.Name,
                Column = column,
            };
        var given = rows.GetColumnType(column);
        var stored = StoredKeyType(use, key) ?? given;
        var common = given.CanBeKey ? KeyTypes.Common(given, stored) : null;
        if (common is null)
            throw new SchemaValidationException(
                $"The column '{column}' is {given}, and the entity key '{key.Name}' of the group '{use.Group.QualifiedName}' is "
                + (stored.CanBeKey ? $"{stored}. Convert the column to {stored}." : "not declared. A key is INT, BIGINT, STRING, BOOLEAN, DATE, TIMESTAMP or DECIMAL."))
            {
                FeatureGroup = use.Group.Name,
                Column = column,
            };
        return new KeyMatch(spine.AddKey(column, common), new PlanColumn(key.Name, stored), common);
    }

    private SourceRows Rows(GroupUse use) => new(
        use.Part?.Source ?? snapshotOf(use).Source,
        use.TimestampColumn is { } time ? new PlanColumn(time, use.Group.TimestampType) : null,
        use.CreatedColumn is { } created ? new PlanColumn(created, DataType.Timestamp) : null);

    private VisibilityRule Visibility(GroupUse use)
    {
        var lookback = use.TimestampColumn is null ? null : options.Lookback ?? use.Group.Lookback;
        return new VisibilityRule(
            UtcTime.ToMicroseconds(use.Group.AvailabilityDelay),
            lookback is null || lookback == TimeSpan.MaxValue ? null : UtcTime.ToMicroseconds(lookback.Value),
            options.AllowExactMatches,
            options.KnownAsOf);
    }

    private PlanColumn KeyColumn(GroupUse use, EntityKey key) => new(key.Name, StoredKeyType(use, key) ?? DataType.BigInt);

    private DataType? StoredKeyType(GroupUse use, EntityKey key) =>
        (use.Part?.KeyTypes ?? snapshotOf(use).KeyTypes).TryGetValue(key.Name, out var type) ? type : key.DataType;

    private static PlanOutput Output(ResolvedFeature feature) => new(new PlanColumn(feature.Feature.Name, feature.Feature.DataType), feature.OutputName);

    private static void CheckTimeColumn(FeatureTable rows, string timeColumn)
    {
        if (!rows.HasColumn(timeColumn))
            throw new SchemaValidationException(
                $"The spine has no time column '{timeColumn}'. It has: {string.Join(", ", rows.ColumnNames)}. Name the column that holds the moments.") { Column = timeColumn };
        if (rows.GetColumnType(timeColumn) is { Kind: not (DataTypeKind.Timestamp or DataTypeKind.Date) } type)
            throw new SchemaValidationException($"The spine's time column '{timeColumn}' is {type}; it must be TIMESTAMP or DATE.") { Column = timeColumn };
    }
}
