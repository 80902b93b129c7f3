namespace Tauro.FeatureStore;

/// <summary>Some features of a group that have a source of their own. Rule 1 of an answer holds for each source by itself.</summary>
internal sealed record FeatureSource(PlanSource Source, IReadOnlyList<string> Features, SourceKind Kind, IReadOnlyDictionary<string, DataType> KeyTypes)
{
    /// <summary>The column of the event time; null where rows have none.</summary>
    public string? TimestampColumn { get; init; }

    /// <summary>The column of the created time; null where it is not known.</summary>
    public string? CreatedColumn { get; init; }

    /// <summary>The names of the tables that the source reads, where they are known.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>How long an answer may be given again; null where the source does not say.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Throws where the source cannot answer a request without looking into the future, or at rows that it does not have.</summary>
    public void CheckRequest(FeatureGroupSchema group, FeatureRequest request)
    {
        var asksPast = request.TimeColumn is not null || request.PointInTime is not null || request.Range is not null;
        if (Kind == SourceKind.CurrentOnly && asksPast)
            throw Refused(group, "answers only as of now, and the request names a moment", Timed(group) + ", or use the parameter $as_of in the query and look at nothing later than it");
        if (request.Range is not null && (Kind != SourceKind.Timed || Source is SqlSource { UsesAsOf: true }))
            throw Refused(group, "has no range of event times to read", Timed(group) + ", and do not use $as_of");
        if (request.Options.KnownAsOf && CreatedColumn is null)
            throw Refused(group, "does not say when its rows were learned, and the request asks what was known", "Return a column with the created time, and name it as CreatedColumn");
        if (Kind is SourceKind.Timed or SourceKind.Static) return;
        if (request.Options.Lookback is { } lookback && lookback != TimeSpan.MaxValue)
            throw Refused(group, "has rows without an event time, and the request asks for a lookback", Timed(group));
        if (!request.Options.AllowExactMatches)
            throw Refused(group, "has rows without an event time, and the request sets AllowExactMatches to false", Timed(group));
    }

    private static string Timed(FeatureGroupSchema group) => $"Return the event time as the column '{group.TimestampKey ?? "event_time"}'";

    private SchemaValidationException Refused(FeatureGroupSchema group, string what, string remedy) =>
        new($"The definition of '{group.QualifiedName}' ({string.Join(", ", Features)}) {what}. {remedy}.") { FeatureGroup = group.Name };
}

/// <summary>Which moments a source can answer.</summary>
internal enum SourceKind
{
    /// <summary>Its rows have an event time.</summary>
    Timed,

    /// <summary>It is told the moment.</summary>
    AsOf,

    /// <summary>Its rows hold for all time.</summary>
    Static,

    /// <summary>It knows only how things are now.</summary>
    CurrentOnly,
}
