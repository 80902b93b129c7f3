namespace Tauro.FeatureStore.Engines;

/// <summary>What is known of a spine before anything is joined to it.</summary>
/// <param name="Rows">The number of its rows.</param>
/// <param name="FirstMoment">The earliest moment, in microseconds; null where no row has one.</param>
/// <param name="LastMoment">The latest moment.</param>
/// <param name="HasNullMoments">Whether some row has no moment, and so matches nothing.</param>
internal sealed record SpineFacts(long Rows, long? FirstMoment, long? LastMoment, bool HasNullMoments);
