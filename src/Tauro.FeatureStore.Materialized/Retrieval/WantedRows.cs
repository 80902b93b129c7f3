using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The rows that answer, by chunk and in each by row, so that a chunk's pages are gone through once and in order.</summary>
internal sealed class WantedRows
{
    private readonly WantedRow[] _rows;
    private readonly int[] _starts;

    private WantedRows(WantedRow[] rows, int[] starts, byte[] missing)
    {
        (_rows, _starts, Missing) = (rows, starts, missing);
        Chunks = [.. Enumerable.Range(0, starts.Length - 1).Where(chunk => starts[chunk] < starts[chunk + 1])];
    }

    /// <summary>A byte for each place in the answer: 1 where no row answers.</summary>
    public byte[] Missing { get; }

    /// <summary>The number of places in the answer.</summary>
    public int Count => Missing.Length;

    /// <summary>The chunks that have a wanted row.</summary>
    public IReadOnlyList<int> Chunks { get; }

    /// <summary>Takes the row of each place in the answer.</summary>
    /// <param name="places">The rows; <see cref="RowPlace.None"/> where there is none.</param>
    /// <param name="chunks">The number of chunks.</param>
    public static WantedRows Of(ReadOnlySpan<RowPlace> places, int chunks) => Of(places, [], 0, places.Length, chunks);

    /// <summary>Takes the rows that answer for the slots of a spine.</summary>
    /// <param name="places">The row of each slot; <see cref="RowPlace.None"/> where there is none.</param>
    /// <param name="targets">The spine's row in each slot; nothing where it is the slot itself.</param>
    /// <param name="start">The first row of the spine that the answer has.</param>
    /// <param name="length">The number of the spine's rows in the answer.</param>
    /// <param name="chunks">The number of chunks.</param>
    public static WantedRows Of(ReadOnlySpan<RowPlace> places, ReadOnlySpan<int> targets, int start, int length, int chunks)
    {
        var missing = new byte[length];
        missing.AsSpan().Fill(1);
        var starts = new int[chunks + 1];
        for (var i = 0; i < places.Length; i++)
        {
            var target = (targets.IsEmpty ? i : targets[i]) - start;
            if ((uint)target >= (uint)length || places[i].IsNone) continue;
            missing[target] = 0;
            starts[places[i].Chunk + 1]++;
        }

        for (var chunk = 0; chunk < chunks; chunk++) starts[chunk + 1] += starts[chunk];
        var rows = GC.AllocateUninitializedArray<WantedRow>(starts[chunks]);
        var next = starts.AsSpan(0, chunks).ToArray();
        for (var i = 0; i < places.Length; i++)
        {
            var target = (targets.IsEmpty ? i : targets[i]) - start;
            if ((uint)target < (uint)length && !places[i].IsNone) rows[next[places[i].Chunk]++] = new WantedRow(places[i].Row, target);
        }

        return new WantedRows(rows, starts, missing);
    }

    /// <summary>The wanted rows of a chunk, sorted once <see cref="Sort"/> was called for it.</summary>
    public ReadOnlySpan<WantedRow> Of(int chunk) => Rows(chunk);

    /// <summary>Sorts the wanted rows of one chunk, which are most often in order already; different chunks may be sorted at once.</summary>
    public void Sort(int chunk)
    {
        var rows = MemoryMarshal.Cast<WantedRow, ulong>(Rows(chunk));
        for (var i = 1; i < rows.Length; i++)
        {
            if (rows[i - 1] <= rows[i]) continue;
            rows.Sort();
            return;
        }
    }

    private Span<WantedRow> Rows(int chunk) => _rows.AsSpan(_starts[chunk].._starts[chunk + 1]);
}
