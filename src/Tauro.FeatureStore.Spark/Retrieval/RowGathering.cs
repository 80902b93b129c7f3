using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// Puts rows that come in any order back into the spine's, by the row number in their first column: every number once. What Spark would spend a shuffle and a sort
/// on is here a copy; it is used where the answer is small enough to be held.
/// </summary>
internal sealed class RowGathering(long rows, string engine) : IDisposable
{
    /// <summary>The rows of a batch that is handed out.</summary>
    private const int RowsPerBatch = 1 << 16;

    private readonly List<RecordBatch> _batches = [];
    private readonly int[] _batchOf = Unknown(rows);
    private readonly int[] _indexOf = new int[rows];
    private long _count;

    /// <summary>Takes a batch over.</summary>
    public void Add(RecordBatch batch)
    {
        _batches.Add(batch);
        var numbers = ArrowMemory.Values<long>(batch.Column(0));
        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] < 0 || numbers[i] >= rows || _batchOf[numbers[i]] >= 0) throw Miscounted(engine, rows);
            (_batchOf[numbers[i]], _indexOf[numbers[i]]) = (_batches.Count - 1, i);
        }

        _count += batch.Length;
    }

    /// <summary>All rows in order, without their numbers.</summary>
    public IEnumerable<RecordBatch> Restore(Schema schema)
    {
        if (_count != rows) throw Miscounted(engine, rows);
        for (var first = 0; first < rows; first += RowsPerBatch)
        {
            var length = (int)Math.Min(RowsPerBatch, rows - first);
            var (places, perBatch) = PlacesOf(first, length);
            var columns = new List<IArrowArray>(schema.FieldsList.Count);
            for (var i = 0; i < schema.FieldsList.Count; i++) columns.Add(Gather(i + 1, perBatch, places, schema.GetFieldByIndex(i).DataType));
            yield return new RecordBatch(schema, columns, length);
        }
    }

    public void Dispose()
    {
        foreach (var batch in _batches) batch.Dispose();
    }

    public static FeatureStoreException Miscounted(string engine, long rows) => new(string.Create(CultureInfo.InvariantCulture,
        $"The engine {engine} did not answer each of the {rows} rows of the spine once. This is a defect of the engine; nothing was returned."));

    /// <summary>Which rows of which batch a part of the answer needs, and where each stands when those are taken batch after batch.</summary>
    private (int[] Places, List<(int Batch, ReadOnlyMemory<int> Rows)> PerBatch) PlacesOf(int first, int length)
    {
        var batches = _batchOf.AsSpan(first, length);
        var starts = new int[_batches.Count + 1];
        foreach (var batch in batches) starts[batch + 1]++;
        for (var batch = 0; batch < _batches.Count; batch++) starts[batch + 1] += starts[batch];

        var (taken, places) = (new int[length], new int[length]);
        var next = starts.AsSpan(0, _batches.Count).ToArray();
        for (var i = 0; i < length; i++)
        {
            places[i] = next[batches[i]]++;
            taken[places[i]] = _indexOf[first + i];
        }

        var perBatch = new List<(int, ReadOnlyMemory<int>)>();
        for (var batch = 0; batch < _batches.Count; batch++)
            if (starts[batch] < starts[batch + 1]) perBatch.Add((batch, taken.AsMemory(starts[batch]..starts[batch + 1])));
        return (places, perBatch);
    }

    private IArrowArray Gather(int column, List<(int Batch, ReadOnlyMemory<int> Rows)> perBatch, int[] places, Apache.Arrow.Types.IArrowType type)
    {
        var taken = perBatch.Select(part => ArrowTake.Take(_batches[part.Batch].Column(column), part.Rows.Span)).ToList();
        using var joined = ArrowTake.Concatenate(taken, type);
        foreach (var part in taken) part.Dispose();
        return ArrowTake.Take(joined, places);
    }

    private static int[] Unknown(long rows)
    {
        var places = new int[rows];
        System.Array.Fill(places, -1);
        return places;
    }
}
