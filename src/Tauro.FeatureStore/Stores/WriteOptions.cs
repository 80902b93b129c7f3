namespace Tauro.FeatureStore;

/// <summary>What a write does with the rows that are already there.</summary>
public enum WriteMode
{
    /// <summary>Keeps them and adds the new ones. Of two rows of one entity and event time the later write answers.</summary>
    Append,

    /// <summary>Replaces all of them.</summary>
    Overwrite,
}

/// <summary>What a write did.</summary>
/// <param name="FeatureGroup">The group and version that was written, as <c>group@version</c>.</param>
/// <param name="SnapshotVersion">The version of the group's table that this write committed.</param>
/// <param name="RowCount">The rows written.</param>
/// <param name="CreatedTime">The created time of the rows: when the store learned them.</param>
public sealed record WriteResult(string FeatureGroup, long SnapshotVersion, long RowCount, DateTimeOffset CreatedTime);
