using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>The columns of a composite key side by side: compared column by column, typed, never joined into a text.</summary>
internal sealed class KeyColumns(IReadOnlyList<KeyColumn> columns) : IComparer<int>
{
    private readonly KeyColumn[] _columns = [.. columns];
    private readonly bool _hasNulls = columns.Any(column => column.HasNulls);

    public IReadOnlyList<KeyColumn> Columns => _columns;

    public int Compare(int left, int right)
    {
        foreach (var column in _columns)
            if (column.Compare(left, right) is var order and not 0) return order;
        return 0;
    }

    /// <summary>The hash of a key of one column, made of that of its value.</summary>
    public static int HashOfOne(int hash) => hash;

    public int Hash(int place)
    {
        var hash = 0;
        foreach (var column in _columns) hash = unchecked((hash * 31) + column.Hash(place));
        return hash;
    }

    public bool Equals(int place, KeyColumns other, int otherPlace)
    {
        for (var i = 0; i < _columns.Length; i++)
            if (!_columns[i].Equals(place, other._columns[i], otherPlace)) return false;
        return true;
    }

    /// <summary>Whether a key has a null in it, and so equals nothing.</summary>
    public bool HasNull(int place)
    {
        if (!_hasNulls) return false;
        foreach (var column in _columns)
            if (column.IsNull(place)) return true;
        return false;
    }

    public static KeyColumns Of(IReadOnlyList<IArrowArray> arrays, IReadOnlyList<DataType> types) => new([.. arrays.Select((array, i) => KeyColumn.Of(array, types[i]))]);
}
