namespace Tauro.FeatureStore.Materialized;

/// <summary>The table as messages name it, and the exceptions that concern it.</summary>
/// <param name="FeatureGroup">The feature group whose table it is, or null where it is no group's.</param>
/// <param name="Location">Where it lies.</param>
internal sealed record DeltaTable(string? FeatureGroup, string Location)
{
    public MetadataException Damaged(string what, Exception? cause = null) =>
        new($"{this}: {what}", cause) { FeatureGroup = FeatureGroup };

    public UnsupportedTableException Unsupported(string what, Exception? cause = null) =>
        new($"{this}: {what}", cause) { FeatureGroup = FeatureGroup };

    public FeatureMaterializationException Refused(string what) =>
        new($"{this}: {what}") { FeatureGroup = FeatureGroup };

    public WriteConflictException Conflict(string what) =>
        new($"{this}: {what}") { FeatureGroup = FeatureGroup };

    public override string ToString() => FeatureGroup is null ? $"The Delta table at '{Location}'" : $"The table of feature group '{FeatureGroup}' at '{Location}'";
}
