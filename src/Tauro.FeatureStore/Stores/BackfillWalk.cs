using System.Globalization;
using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>One walk through a range of event times in steps, each of them a backfill of its own, which a repeated walk of the same name passes over.</summary>
internal sealed class BackfillWalk(IFeatureStore store, string featureGroup, string? name, IProgress<BackfillProgress>? progress)
{
    private BackfillProgress _done = new(0, 0, 0, 0, default);

    /// <summary>Takes the steps, oldest first.</summary>
    /// <param name="from">The first moment.</param>
    /// <param name="to">The first moment after the range.</param>
    /// <param name="step">The length of a step.</param>
    /// <param name="write">Writes the rows of one step.</param>
    /// <param name="cancellationToken">Stops between or within steps.</param>
    public async Task<BackfillProgress> RunAsync(
        DateTimeOffset from, DateTimeOffset to, TimeSpan step, Func<TimeRange, WriteOptions, CancellationToken, Task<WriteResult>> write, CancellationToken cancellationToken)
    {
        _done = new BackfillProgress(0, checked((int)Math.Ceiling((to - from) / step)), 0, 0, new TimeRange(from, from));
        foreach (var range in Steps(from, to, step))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var before = _done = _done with { LastRange = range };
            var options = WriteOptions.Backfill(range.From, range.To) with { TransactionId = name is null ? null : MarkOf(name, range) };
            var known = options.TransactionId is { } mark && await store.HasTransactionAsync(featureGroup, mark, cancellationToken).ConfigureAwait(false);
            long rows = 0;
            if (!known)
            {
                var result = await write(range, options, cancellationToken).ConfigureAwait(false);
                (known, rows) = (result.AlreadyWritten, result.RowCount);
            }

            Report(before with { StepsDone = before.StepsDone + 1, StepsSkipped = before.StepsSkipped + (known ? 1 : 0), RowsWritten = before.RowsWritten + rows });
        }

        return _done;
    }

    /// <summary>The rows of a step, which are counted on their way.</summary>
    public async IAsyncEnumerable<RecordBatch> Report(IAsyncEnumerable<RecordBatch> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var count = batch.Length;
            yield return batch;
            Report(_done with { RowsWritten = _done.RowsWritten + count });
        }
    }

    private void Report(BackfillProgress done)
    {
        _done = done;
        progress?.Report(done);
    }

    private static IEnumerable<TimeRange> Steps(DateTimeOffset from, DateTimeOffset to, TimeSpan step)
    {
        for (var start = from; start < to;)
        {
            var end = to - start > step ? start + step : to;
            yield return new TimeRange(start, end);
            start = end;
        }
    }

    private static string MarkOf(string name, TimeRange range) => string.Create(CultureInfo.InvariantCulture,
        $"backfill:{name}:{range.From.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}/{range.To.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}");
}
