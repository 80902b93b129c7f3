using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Which files of a table may hold rows that a write replaces, by their statistics. What those do not say, a file may hold.</summary>
internal sealed class AffectedFiles
{
    private readonly IReadOnlyList<Bound> _bounds;
    private readonly (string Column, Func<int, StatisticValue> ValueOf, int Count)? _first;

    private AffectedFiles(IReadOnlyList<Bound> bounds, (string, Func<int, StatisticValue>, int)? first = null) => (_bounds, _first) = (bounds, first);

    /// <summary>The files that may hold a row with the keys and event time of one of the rows of a merge.</summary>
    public static AffectedFiles OfKeys(IReadOnlyList<StoredColumn> columns, IReadOnlyList<IArrowArray> sorted)
    {
        // Without keys and event time all rows are of one key, and every file may hold it.
        if (sorted.Count == 0) return new AffectedFiles([]);
        if (sorted[0].Length == 0) return new AffectedFiles([new Bound("", null, null)]);
        var bounds = new List<Bound>();
        (string, Func<int, StatisticValue>, int)? first = null;
        for (var i = 0; i < columns.Count; i++)
        {
            if (ColumnValues.Of(sorted[i], columns[i].Type) is not { } valueOf) continue;
            if (i == 0) first = (columns[i].Name, valueOf, sorted[i].Length);
            var (min, max) = (valueOf(0), valueOf(0));
            for (var row = 1; row < sorted[i].Length; row++)
            {
                var value = valueOf(row);
                if (StatisticValue.Compare(value, min) < 0) min = value;
                if (StatisticValue.Compare(value, max) > 0) max = value;
            }

            bounds.Add(new Bound(columns[i].Name, min, max));
        }

        return new AffectedFiles(bounds, first);
    }

    /// <summary>The files that may hold a row with an event time in a range: in microseconds, or in days of a date, both bounds included.</summary>
    public static AffectedFiles OfRange(string eventTime, long first, long last) =>
        new([new Bound(eventTime, StatisticValue.Integer(first), StatisticValue.Integer(last))]);

    /// <summary>The same by the bounds of the keys alone, without holding them: some files more.</summary>
    public AffectedFiles WithoutKeys() => new(_bounds);

    public bool MayHold(DeltaFile file, DeltaSchema schema)
    {
        var statistics = file.ReadStatistics(schema).Columns;
        foreach (var bound in _bounds)
        {
            if (bound.Min is not { } min || bound.Max is not { } max) return false;
            if (!statistics.TryGetValue(bound.Column, out var known)) continue;
            if (known.Max is { } greatest && StatisticValue.Compare(greatest, min) < 0) return false;
            if (known.Min is { } least && StatisticValue.Compare(least, max) > 0) return false;
        }

        return _first is not { } keys || !statistics.TryGetValue(keys.Column, out var range) || range is not { Min: { } from, Max: { } to } || AnyBetween(keys.ValueOf, keys.Count, from, to);
    }

    /// <summary>Whether any of the sorted values lies between two others, both included.</summary>
    private static bool AnyBetween(Func<int, StatisticValue> valueOf, int count, StatisticValue from, StatisticValue to)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (StatisticValue.Compare(valueOf(middle), from) < 0) low = middle + 1;
            else high = middle;
        }

        return low < count && StatisticValue.Compare(valueOf(low), to) <= 0;
    }

    /// <summary>Between which values a column's wanted values lie; no value is wanted where the bounds are null.</summary>
    private sealed record Bound(string Column, StatisticValue? Min, StatisticValue? Max);
}
