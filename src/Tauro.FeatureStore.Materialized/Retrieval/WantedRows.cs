using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The rows that answer, by chunk and in each by row, so that a chunk's pages are gone through once and in order.</summary>
internal sealed class WantedRows
{
    private readonly WantedRow[] _rows;
    private readonly int[] _starts;

    /// <summary>Sorts the answering rows.</summary>
    /// <param name="places">The row of each place in the answer; <see cref="RowPlace.None"/> where there is none.</param>
    /// <param name="chunks">The number of chunks.</param>
    public WantedRows(ReadOnlySpan<RowPlace> places, int chunks)
    {
        Missing = new byte[places.Length];
        _starts = new int[chunks + 1];
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i].IsNone) Missing[i] = 1;
            else _starts[places[i].Chunk + 1]++;
        }

        for (var chunk = 0; chunk < chunks; chunk++) _starts[chunk + 1] += _starts[chunk];
        _rows = new WantedRow[_starts[chunks]];
        var next = _starts.AsSpan(0, chunks).ToArray();
        for (var i = 0; i < places.Length; i++)
            if (!places[i].IsNone) _rows[next[places[i].Chunk]++] = new WantedRow(places[i].Row, i);
        Chunks = [.. Enumerable.Range(0, chunks).Where(chunk => _starts[chunk] < _starts[chunk + 1])];
    }

    /// <summary>A byte for each place in the answer: 1 where no row answers.</summary>
    public byte[] Missing { get; }

    /// <summary>The number of places in the answer.</summary>
    public int Count => Missing.Length;

    /// <summary>The chunks that have a wanted row.</summary>
    public IReadOnlyList<int> Chunks { get; }

    /// <summary>The wanted rows of a chunk, sorted once <see cref="Sort"/> was called for it.</summary>
    public ReadOnlySpan<WantedRow> Of(int chunk) => Rows(chunk);

    /// <summary>Sorts the wanted rows of one chunk; different chunks may be sorted at once.</summary>
    public void Sort(int chunk) => MemoryMarshal.Cast<WantedRow, ulong>(Rows(chunk)).Sort();

    private Span<WantedRow> Rows(int chunk) => _rows.AsSpan(_starts[chunk].._starts[chunk + 1]);
}
