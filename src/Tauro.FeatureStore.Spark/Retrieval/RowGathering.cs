using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// Puts rows that come in any order back into the spine's, by the row number in their first column: every number once. What Spark would spend a shuffle and a sort
/// on is here a copy; it is used where the answer is small enough to be held.
/// </summary>
/// <param name="rows">The rows of the spine.</param>
/// <param name="schema">The columns without the number.</param>
/// <param name="engine">The engine's name, for errors.</param>
internal sealed class RowGathering(long rows, Schema schema, string engine) : IDisposable
{
    /// <summary>The rows of a batch that is handed out.</summary>
    private const int RowsPerBatch = 1 << 16;

    private readonly List<RecordBatch> _batches = [];
    private readonly RowPlace[] _places = Unknown(rows);
    private long _count;

    /// <summary>Takes a batch over.</summary>
    public void Add(RecordBatch batch)
    {
        var place = new RowPlace(_batches.Count, 0);
        _batches.Add(new RecordBatch(schema, batch.Arrays.Skip(1), batch.Length));
        using var numbers = batch.Column(0);
        foreach (var number in ArrowMemory.Values<long>(numbers))
        {
            if (number < 0 || number >= rows || !_places[number].IsNone) throw Miscounted(engine, rows);
            _places[number] = place;
            place = place.Plus(1);
        }

        _count += batch.Length;
    }

    /// <summary>All rows in order, without their numbers.</summary>
    public IEnumerable<RecordBatch> Restore()
    {
        if (_count != rows) throw Miscounted(engine, rows);
        var held = new HeldRows(schema, _batches);
        for (var first = 0; first < rows; first += RowsPerBatch)
        {
            var places = _places.AsSpan(first, (int)Math.Min(RowsPerBatch, rows - first));
            yield return new RecordBatch(schema, held.Take(places), places.Length);
        }
    }

    public void Dispose()
    {
        foreach (var batch in _batches) batch.Dispose();
    }

    public static FeatureStoreException Miscounted(string engine, long rows) => new(string.Create(CultureInfo.InvariantCulture,
        $"The engine {engine} did not answer each of the {rows} rows of the spine once. This is a defect of the engine; nothing was returned."));

    private static RowPlace[] Unknown(long rows)
    {
        var places = new RowPlace[rows];
        places.AsSpan().Fill(RowPlace.None);
        return places;
    }
}
