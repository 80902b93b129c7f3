namespace Tauro.FeatureStore;

/// <summary>The rows of one group version as a store serves them to one request: pinned, so that the request sees one state of them.</summary>
/// <param name="Source">Where the rows are.</param>
/// <param name="KeyTypes">The types of the key columns by name, as they are stored; of a group that was never written, those that its schema declares.</param>
public sealed record GroupSnapshot(PlanSource Source, IReadOnlyDictionary<string, DataType> KeyTypes);
