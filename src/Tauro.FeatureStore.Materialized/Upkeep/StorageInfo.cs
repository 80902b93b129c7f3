namespace Tauro.FeatureStore;

/// <summary>What a group's table holds and takes.</summary>
/// <param name="FileCount">The data files of the newest version.</param>
/// <param name="RowCount">Their rows.</param>
/// <param name="ByteCount">Their size.</param>
/// <param name="Version">The newest version; null where the group was never written.</param>
/// <param name="Versions">The versions that the table's log still knows, oldest first.</param>
/// <param name="LastWrite">When the newest version was made; null where the group was never written.</param>
public sealed record StorageInfo(int FileCount, long RowCount, long ByteCount, long? Version, IReadOnlyList<TableVersion> Versions, DateTimeOffset? LastWrite);

/// <summary>One version of a group's table.</summary>
/// <param name="Version">The version: that of <see cref="WriteResult.SnapshotVersion"/> and <see cref="RetrievalOptions.AsOfVersion"/>.</param>
/// <param name="CreatedTime">When it was made.</param>
/// <param name="Operation">What was done: WRITE, OVERWRITE, MERGE, BACKFILL, OPTIMIZE, RESTORE or the word of another program.</param>
public sealed record TableVersion(long Version, DateTimeOffset CreatedTime, string Operation);

/// <summary>What a compaction did.</summary>
/// <param name="FilesBefore">The files before.</param>
/// <param name="FilesAfter">The files after.</param>
/// <param name="Version">The newest version of the table; null where the group was never written.</param>
public sealed record CompactionResult(int FilesBefore, int FilesAfter, long? Version);

/// <summary>What a vacuum did.</summary>
/// <param name="FilesDeleted">The files deleted.</param>
/// <param name="BytesDeleted">Their size.</param>
public sealed record VacuumResult(int FilesDeleted, long BytesDeleted);
