namespace Tauro.FeatureStore.Specification;

/// <summary>One stored row. Its write sequence is its place in the list of all rows.</summary>
/// <param name="Key">The values of the entity keys, none of them null.</param>
/// <param name="EventTime">Microseconds since 1970; null for a static row, which is before everything.</param>
/// <param name="CreatedTime">Microseconds since 1970.</param>
/// <param name="Values">The features.</param>
public sealed record OracleRow(IReadOnlyList<object> Key, long? EventTime, long CreatedTime, IReadOnlyList<object?> Values);
