namespace Tauro.FeatureStore;

/// <summary>How far a running query has come.</summary>
/// <param name="Fraction">
/// The share of the work that is done, from 0 to 1, as the engine estimates it; null as long as it cannot say. It never shrinks, and it is 1 only in the last report
/// of a query whose answer is complete: a query that fails or is stopped never says 1.
/// </param>
/// <param name="Elapsed">The time since the query was asked for, the caller's own time with the batches of a stream included.</param>
public sealed record QueryProgress(double? Fraction, TimeSpan Elapsed);
