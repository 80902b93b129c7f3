using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Rows of a range: where they are, and what they are ordered by.</summary>
internal sealed class RangeRows(RangePlan plan, RowPlace[] places, IArrowArray[] columns) : IDisposable
{
    /// <summary>The places of the rows.</summary>
    public RowPlace[] Places => places;

    /// <summary>Reads those rows of a piece of a chunk that are in the range.</summary>
    public static async Task<RangeRows> ReadAsync(RangePlan plan, RowSource source, int chunk, RowRange range, CancellationToken cancellationToken)
    {
        using var times = await ChunkTimes.ReadAsync(source, chunk, range, plan.Rows, plan.Rows.CreatedTime is not null, cancellationToken).ConfigureAwait(false);
        var rows = InRange(times.EventTimes, plan);
        var columns = new IArrowArray[plan.Keys.Count];
        for (var i = 0; i < columns.Length && rows.Length > 0; i++)
        {
            columns[i] = await source.ReadAsync(chunk, plan.Keys[i], range, cancellationToken).ConfigureAwait(false);
            if (rows.Length == range.Count) continue;
            using var all = columns[i];
            columns[i] = ArrowTake.Take(all, rows);
        }

        if (rows.Length == 0) return new RangeRows(plan, [], []);
        columns = [.. columns, Take(times.EventTimes, rows)];
        if (plan.Rows.CreatedTime is not null) columns = [.. columns, Take(times.CreatedTimes, rows)];
        if (source.MixesCommits) columns = [.. columns, Sequences(times, rows)];
        return new RangeRows(plan, PlacesOf(chunk, range.From, rows), columns);
    }

    /// <summary>All of some rows, which are disposed.</summary>
    public static RangeRows Together(RangePlan plan, IReadOnlyList<RangeRows> pieces)
    {
        RangeRows[] filled = [.. pieces.Where(piece => piece.Places.Length > 0)];
        if (filled.Length == 0) return new RangeRows(plan, [], []);
        var together = new RangeRows(plan, [.. filled.SelectMany(piece => piece.Places)], [.. filled[0].Columns.Select((first, i) =>
            ArrowTake.Concatenate([.. filled.Select(piece => piece.Columns[i])], first.Data.DataType))]);
        foreach (var piece in filled) piece.Dispose();
        return together;
    }

    /// <summary>The rows in order, in place of these.</summary>
    public RangeRows Ordered()
    {
        // Rows that nothing else tells apart stay in the order of their writing, which is that of the places; rows that were carried over may not be in it.
        if (places.Length == 0) return this;
        IReadOnlyList<IArrowArray> orderedBy = IsAscending(places) ? columns : [.. columns, Numbers(MemoryMarshal.Cast<RowPlace, long>(places))];
        if (RowOrder.Find(KeyColumns.Of(orderedBy, [.. orderedBy.Select((_, i) => TypeOf(i))]), places.Length) is not { } order) return this;
        var ordered = Take(order);
        Dispose();
        return ordered;
    }

    /// <summary>The rows, which are in order, from the first on whose first key is at least so great.</summary>
    public RangeRows From(long key)
    {
        var keys = ((WholeKeyColumn)KeyColumn.Of(columns[0], plan.Keys[0].Type)).Values;
        var first = keys.Length;
        while (first > 0 && keys[first - 1] >= key) first--;
        return Take([.. Enumerable.Range(first, keys.Length - first)]);
    }

    public void Dispose()
    {
        foreach (var column in columns) column.Dispose();
    }

    private IArrowArray[] Columns => columns;

    private DataType TypeOf(int column) => column < plan.Keys.Count ? plan.Keys[column].Type : DataType.BigInt;

    private RangeRows Take(int[] rows)
    {
        var taken = new RowPlace[rows.Length];
        for (var i = 0; i < taken.Length; i++) taken[i] = places[rows[i]];
        return new RangeRows(plan, taken, [.. columns.Select(column => ArrowTake.Take(column, rows))]);
    }

    private static RowPlace[] PlacesOf(int chunk, int first, int[] rows)
    {
        var places = new RowPlace[rows.Length];
        for (var i = 0; i < places.Length; i++) places[i] = new RowPlace(chunk, first + rows[i]);
        return places;
    }

    private static int[] InRange(ReadOnlySpan<long> eventTimes, RangePlan plan)
    {
        var rows = new int[eventTimes.Length];
        var count = 0;
        for (var row = 0; row < eventTimes.Length; row++)
            if (eventTimes[row] >= plan.From && eventTimes[row] < plan.To) rows[count++] = row;
        return rows[..count];
    }

    private static bool IsAscending(RowPlace[] places)
    {
        for (var i = 1; i < places.Length; i++)
            if (places[i].Value < places[i - 1].Value) return false;
        return true;
    }

    private static IArrowArray Take(ReadOnlySpan<long> values, int[] rows)
    {
        if (rows.Length == values.Length) return Numbers(values);
        var taken = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++) taken[i] = values[rows[i]];
        return Numbers(taken);
    }

    private static IArrowArray Sequences(ChunkTimes times, int[] rows)
    {
        var sequences = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++) sequences[i] = times.SequenceOf(rows[i]);
        return Numbers(sequences);
    }

    private static IArrowArray Numbers(ReadOnlySpan<long> values) => ArrowArrayFactory.BuildArray(
        new ArrayData(Int64Type.Default, values.Length, 0, 0, [ArrowBuffer.Empty, new ArrowBuffer(MemoryMarshal.AsBytes(values).ToArray())]));
}
