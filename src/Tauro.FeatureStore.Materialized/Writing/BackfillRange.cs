using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The range of event times that a backfill replaces, in a table's files: it checks incoming rows and finds the stored rows that stay.</summary>
internal sealed class BackfillRange(FeatureGroupSchema schema, IReadOnlyList<StoredColumn> columns, TimeRange range)
{
    private readonly EventTimeRange _range = new(schema, columns, range);

    /// <summary>The files that may hold rows of the range.</summary>
    public AffectedFiles Affected => _range.IsDate
        ? AffectedFiles.OfRange(_range.EventTime.Name, Math.DivRem(_range.First, UtcTime.MicrosecondsPerDay).Quotient - 1, Math.DivRem(_range.End, UtcTime.MicrosecondsPerDay).Quotient + 1)
        : AffectedFiles.OfRange(_range.EventTime.Name, _range.First, _range.End);

    /// <summary>Refuses a row outside of the range.</summary>
    public void Check(RecordBatch rows, long firstRow) => _range.Check(rows, firstRow);

    /// <summary>Whether event times, as the statistics of a file state them, may all be in the range.</summary>
    public bool MayHold(ParquetBounds bounds) => Moment(bounds.Min) >= _range.First && Moment(bounds.Max) < _range.End;

    private long Moment(ParquetBound bound) => _range.IsDate ? bound.Integer * UtcTime.MicrosecondsPerDay : bound.Integer;

    /// <summary>The rows of a stored file that stay: those outside of the range.</summary>
    public async Task<int[]?[]> ChooseAsync(StoredFileReader file, CancellationToken cancellationToken)
    {
        var kept = new int[]?[file.RowGroupCount];
        for (var rowGroup = 0; rowGroup < kept.Length; rowGroup++)
        {
            using var times = await file.ReadAsync(rowGroup, _range.EventTime, cancellationToken).ConfigureAwait(false);
            int[] outside = [.. Enumerable.Range(0, times.Length).Where(row => !_range.Contains(times, row))];
            kept[rowGroup] = outside.Length == times.Length ? null : outside;
        }

        return kept;
    }
}
