namespace Tauro.FeatureStore;

/// <summary>What a write did.</summary>
/// <param name="FeatureGroup">The group and version that was written, as <c>group@version</c>.</param>
/// <param name="SnapshotVersion">The version of the group's table that this write committed.</param>
/// <param name="RowCount">The rows that came in; zero where <paramref name="AlreadyWritten"/>.</param>
/// <param name="CreatedTime">The created time of the rows: when the store learned them.</param>
/// <param name="AlreadyWritten">
/// Whether an earlier write with the same <see cref="WriteOptions.TransactionId"/> had brought the rows, so that this one wrote nothing; the version is then the
/// table's newest.
/// </param>
public sealed record WriteResult(string FeatureGroup, long SnapshotVersion, long RowCount, DateTimeOffset CreatedTime, bool AlreadyWritten = false);
