namespace Tauro.FeatureStore.Specification;

/// <summary>When a row counts.</summary>
/// <param name="Delay">Microseconds after its event time until a row is visible.</param>
/// <param name="Lookback">The greatest age in microseconds, or null.</param>
/// <param name="AllowExactMatches">Whether a row that becomes visible at the very moment counts.</param>
/// <param name="KnownAsOf">Whether a row must have been created by the moment.</param>
public sealed record OracleRule(long Delay, long? Lookback, bool AllowExactMatches, bool KnownAsOf);
