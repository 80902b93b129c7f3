
namespace Tauro.FeatureStore;

/// <summary>Backfills: all rows in a range of event times are replaced, at once or step by step.</summary>
public static class BackfillExtensions
{
    /// <summary>Replaces all rows with an event time in [from, to), in one write.</summary>
    /// <param name="store">The store.</param>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>; it has an event time.</param>
    /// <param name="from">The first moment of the range.</param>
    /// <param name="to">The first moment after the range.</param>
    /// <param name="rows">The new rows, all of them in the range.</param>
    /// <param name="cancellationToken">Stops the write; nothing is written then.</param>
    /// <exception cref="SchemaValidationException">A row is outside of the range, or breaks another rule; the message names it.</exception>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.WriteFeaturesAsync"/>.</exception>
    public static Task<WriteResult> BackfillAsync(
        this IFeatureStore store, string featureGroup, DateTimeOffset from, DateTimeOffset to, FeatureTable rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.WriteFeaturesAsync(featureGroup, rows, WriteOptions.Backfill(from, to), cancellationToken);
    }

    /// <summary>
    /// Walks a range of event times in steps, oldest first, and replaces the rows of each step in a write of its own. With a name it can resume: each step is
    /// marked in the table, and a repeated run with the same name, bounds and step passes over those that are done.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>; it has an event time.</param>
    /// <param name="from">The first moment of the range.</param>
    /// <param name="to">The first moment after the range.</param>
    /// <param name="step">The length of a step; the last may be shorter. Greater than zero.</param>
    /// <param name="source">Makes the rows of a step, all of them in its range. It is not asked for steps that are done. The table is disposed.</param>
    /// <param name="name">The name of this backfill, by which a repeated run knows it; null to do every step.</param>
    /// <param name="progress">Told after each step; null for none.</param>
    /// <param name="cancellationToken">Stops between or within steps; the steps that are done stay.</param>
    /// <returns>What the backfill did.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The step is not greater than zero, or the range ends before it begins.</exception>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.WriteFeaturesAsync"/>.</exception>
    public static async Task<BackfillProgress> BackfillAsync(
        this IFeatureStore store, string featureGroup, DateTimeOffset from, DateTimeOffset to, TimeSpan step,
        Func<TimeRange, CancellationToken, Task<FeatureTable>> source, string? name = null, IProgress<BackfillProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        return await new BackfillWalk(store, featureGroup, name, progress).RunAsync(from, to, step, async (range, options, token) =>
        {
            using var table = await source(range, token).ConfigureAwait(false);
            return await store.WriteFeaturesAsync(featureGroup, table, options, token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>How far a backfill is.</summary>
/// <param name="StepsDone">The steps that are done, those passed over included.</param>
/// <param name="Steps">All steps.</param>
/// <param name="StepsSkipped">The steps that an earlier run had done.</param>
/// <param name="RowsWritten">The rows that this run wrote; where the rows of a step come as a stream, those of the step under way, too.</param>
/// <param name="LastRange">The range of the last step that was begun.</param>
public sealed record BackfillProgress(int StepsDone, int Steps, int StepsSkipped, long RowsWritten, TimeRange LastRange);
