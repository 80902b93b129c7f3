namespace Tauro.FeatureStore.Materialized;

/// <summary>Where the table of a group version lies.</summary>
/// <param name="Storage">The storage of the store.</param>
/// <param name="Path">The table's folder in it.</param>
/// <param name="Log">The table's log.</param>
internal sealed record GroupFolder(IFileStorage Storage, string Path, DeltaLog Log);
