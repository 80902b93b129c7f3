using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The column that one leaf of a schema becomes: levels, and where its values that are not null stand in the Arrow array.</summary>
internal sealed class ShreddedLeaf
{
    public required ParquetNode Node { get; init; }

    public required ArrayData Data { get; init; }

    /// <summary>Values, nulls and empty lists.</summary>
    public required int EntryCount { get; init; }

    /// <summary>A definition level for each entry, or null where no entry can lack a value.</summary>
    public required byte[]? Definitions { get; init; }

    /// <summary>A repetition level for each entry, or null where there is no list.</summary>
    public required byte[]? Repetitions { get; init; }

    /// <summary>The values, by their place in the buffers (the array's offset included).</summary>
    public required ValuePositions Positions { get; init; }
}

/// <summary>Places in a buffer: a range, or a list in rising order.</summary>
internal readonly struct ValuePositions
{
    private readonly int[]? _list;

    private ValuePositions(int start, int count, int[]? list)
    {
        Start = start;
        Count = count;
        _list = list;
    }

    public int Start { get; }

    public int Count { get; }

    /// <summary>Whether the places are <see cref="Start"/> and those that follow it, so that buffers can be used as they are.</summary>
    public bool IsRange => _list is null;

    /// <summary>The places where they are no range.</summary>
    public ReadOnlySpan<int> List => _list.AsSpan(0, Count);

    public int this[int index] => _list is null ? Start + index : _list[index];

    public static ValuePositions Range(int start, int count) => new(start, count, null);

    /// <summary>The first places of a list that rises; a range where nothing is left out.</summary>
    public static ValuePositions Of(int[] list, int count) =>
        count == 0 ? Range(0, 0) : list[count - 1] - list[0] == count - 1 ? Range(list[0], count) : new ValuePositions(0, count, list);
}
