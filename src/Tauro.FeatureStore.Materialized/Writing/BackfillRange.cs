using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The range of event times that a backfill replaces, in the group's own unit: it checks incoming rows and finds the stored rows that stay.</summary>
internal sealed class BackfillRange
{
    private readonly FeatureGroupSchema _schema;
    private readonly StoredColumn _eventTime;
    private readonly TimeRange _range;
    private readonly long _first;
    private readonly long _end;

    public BackfillRange(FeatureGroupSchema schema, IReadOnlyList<StoredColumn> columns, TimeRange range)
    {
        (_schema, _range) = (schema, range);
        _eventTime = columns[schema.EntityKeys.Count];
        (_first, _end) = (UtcTime.FromDateTimeOffset(range.From), UtcTime.FromDateTimeOffset(range.To));
    }

    /// <summary>The files that may hold rows of the range.</summary>
    public AffectedFiles Affected => IsDate
        ? AffectedFiles.OfRange(_eventTime.Name, Math.DivRem(_first, UtcTime.MicrosecondsPerDay).Quotient - 1, Math.DivRem(_end, UtcTime.MicrosecondsPerDay).Quotient + 1)
        : AffectedFiles.OfRange(_eventTime.Name, _first, _end);

    private bool IsDate => _eventTime.Type.Kind == DataTypeKind.Date;

    /// <summary>Refuses a row outside of the range.</summary>
    public void Check(RecordBatch rows, long firstRow)
    {
        var times = rows.Column(_schema.EntityKeys.Count);
        for (var row = 0; row < rows.Length; row++)
            if (!IsIn(times, row))
                throw new SchemaValidationException(string.Create(CultureInfo.InvariantCulture,
                    $"The rows for '{_schema.QualifiedName}' were refused at row {firstRow + row}: the event time '{_eventTime.Name}' is outside of the backfill from {_range.From:O} to {_range.To:O}, the end not included. Nothing was written."))
                {
                    FeatureGroup = _schema.Name,
                    Column = _eventTime.Name,
                    Row = firstRow + row,
                };
    }

    /// <summary>The rows of a stored file that stay: those outside of the range.</summary>
    public async Task<int[]?[]> ChooseAsync(StoredFileReader file, CancellationToken cancellationToken)
    {
        var kept = new int[]?[file.RowGroupCount];
        for (var rowGroup = 0; rowGroup < kept.Length; rowGroup++)
        {
            using var times = await file.ReadAsync(rowGroup, _eventTime, cancellationToken).ConfigureAwait(false);
            int[] outside = [.. Enumerable.Range(0, times.Length).Where(row => !IsIn(times, row))];
            kept[rowGroup] = outside.Length == times.Length ? null : outside;
        }

        return kept;
    }

    private bool IsIn(IArrowArray times, int row)
    {
        var time = IsDate ? ArrowMemory.Values<int>(times)[row] * UtcTime.MicrosecondsPerDay : ArrowMemory.Values<long>(times)[row];
        return time >= _first && time < _end;
    }
}
