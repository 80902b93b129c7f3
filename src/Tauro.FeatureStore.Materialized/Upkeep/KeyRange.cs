using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>A range of the first sort column, so that files that are too many for memory are sorted range by range.</summary>
internal sealed class KeyRange
{
    private readonly StoredColumn _column;
    private readonly StatisticValue? _from;
    private readonly StatisticValue? _to;

    private KeyRange(StoredColumn column, StatisticValue? from, StatisticValue? to) => (_column, _from, _to) = (column, from, to);

    /// <summary>Ranges in order that together hold all rows of some files, each of about so many rows at most as the files' bounds tell.</summary>
    public static IEnumerable<KeyRange> Split(IReadOnlyList<DeltaFile> files, DeltaSchema schema, StoredColumn column, long rowsAtOnce)
    {
        var rows = files.Sum(file => file.Rows ?? 0);
        var splits = rows <= rowsAtOnce ? [] : Splits(files, schema, column, rows / rowsAtOnce + 1);
        StatisticValue? from = null;
        foreach (var split in splits)
        {
            yield return new KeyRange(column, from, split);
            from = split;
        }

        yield return new KeyRange(column, from, null);
    }

    public bool MayHold(DeltaFile file, DeltaSchema schema)
    {
        if (!file.ReadStatistics(schema).Columns.TryGetValue(_column.Name, out var known)) return true;
        if (_from is { } from && known.Max is { } max && StatisticValue.Compare(max, from) < 0) return false;
        return _to is not { } to || known.Min is not { } min || StatisticValue.Compare(min, to) < 0;
    }

    /// <summary>The places of the rows whose values are in the range.</summary>
    public int[] PlacesIn(IArrowArray values)
    {
        if ((_from is null && _to is null) || ColumnValues.Of(values, _column.Type) is not { } valueOf) return [.. Enumerable.Range(0, values.Length)];
        return [.. Enumerable.Range(0, values.Length).Where(place => IsIn(valueOf(place)))];
    }

    private bool IsIn(StatisticValue value) =>
        (_from is not { } from || StatisticValue.Compare(value, from) >= 0) && (_to is not { } to || StatisticValue.Compare(value, to) < 0);

    /// <summary>Between whole numbers evenly, because most keys are; of other types, where files begin.</summary>
    private static IEnumerable<StatisticValue> Splits(IReadOnlyList<DeltaFile> files, DeltaSchema schema, StoredColumn column, long parts)
    {
        var known = files.Select(file => file.ReadStatistics(schema).Columns.GetValueOrDefault(column.Name)).ToList();
        if (known.Any(statistics => statistics is not { Min: not null, Max: not null })) return [];
        if (known[0]!.Min!.Value.Kind == StatisticKind.Integer)
        {
            var (min, max) = (known.Min(statistics => statistics!.Min!.Value.AsInteger), known.Max(statistics => statistics!.Max!.Value.AsInteger));
            return Enumerable.Range(1, (int)parts - 1).Select(part => StatisticValue.Integer((long)(min + (((Int128)max - min) * part / parts)))).Distinct();
        }

        var begins = known.Select(statistics => statistics!.Min!.Value).Distinct().Order(Comparer<StatisticValue>.Create(StatisticValue.Compare)).ToList();
        return Enumerable.Range(1, (int)parts - 1).Select(part => begins[(int)(begins.Count * part / parts)]).Distinct();
    }
}
