namespace Tauro.FeatureStore;

/// <summary>A feature of a request, found in the registry.</summary>
internal sealed record ResolvedFeature(FeatureReference Reference, FeatureGroupSchema Group, FeatureSchema Feature)
{
    public string OutputName => Reference.Alias ?? Feature.Name;
}

/// <summary>
/// One use of a group in a request: features of one version that are answered by the same row. The same group under other keys, or a feature that skips nulls,
/// is a use of its own.
/// </summary>
internal sealed record GroupUse(FeatureGroupSchema Group, IReadOnlyDictionary<string, string> KeyColumns, FeatureSchema? NotNull, IReadOnlyList<ResolvedFeature> Features)
{
    /// <summary>The rows of the group, pinned for one request; null where they are opened later.</summary>
    public GroupSnapshot? Snapshot { get; init; }

    /// <summary>The source of these features; null where the group has one source for all.</summary>
    public FeatureSource? Part { get; init; }

    /// <summary>The column of the event time; null where rows have none.</summary>
    public string? TimestampColumn => Part is null ? Group.TimestampKey : Part.TimestampColumn;

    /// <summary>The column of the created time; null where the source itself knows it, or nothing does.</summary>
    public string? CreatedColumn => Part is null ? Group.CreatedTimestampKey : Part.CreatedColumn;

    /// <summary>What the columns that report a use's matches are named after.</summary>
    public required string Label { get; init; }

    public string EventTimeName => $"{Label}__event_time";

    public string MatchName => $"{Label}__matched";

    /// <summary>The column of the spine that holds a key of the group.</summary>
    public string SpineColumn(EntityKey key) => KeyColumns.TryGetValue(key.Name, out var column) ? column : key.Name;

    public static IReadOnlyList<GroupUse> Of(IReadOnlyList<ResolvedFeature> features, Func<ResolvedFeature, GroupSnapshot?> snapshotOf)
    {
        var uses = new List<GroupUse>();
        var labels = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var use in features.GroupBy(feature =>
            (feature.Group, feature.Reference.KeyColumns, NotNull: feature.Reference.SkipNulls ? feature.Feature : null, Snapshot: snapshotOf(feature), Part: snapshotOf(feature)?.PartOf(feature))))
        {
            ResolvedFeature[] members = [.. use];
            var label = use.Key.NotNull is null && labels.Add(use.Key.Group.Name) ? use.Key.Group.Name : members[0].OutputName;
            uses.Add(new GroupUse(use.Key.Group, use.Key.KeyColumns, use.Key.NotNull, members) { Label = label, Snapshot = use.Key.Snapshot, Part = use.Key.Part });
        }

        return uses;
    }
}
