namespace Tauro.FeatureStore;

/// <summary>The moments from one, included, to another, excluded.</summary>
/// <param name="From">The first moment of the range.</param>
/// <param name="To">The first moment after the range.</param>
public readonly record struct TimeRange(DateTimeOffset From, DateTimeOffset To);
