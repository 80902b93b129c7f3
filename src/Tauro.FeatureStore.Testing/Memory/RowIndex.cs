namespace Tauro.FeatureStore.Testing.Memory;

/// <summary>The places of rows by their keys. A key with a null in it is never found.</summary>
internal sealed class RowIndex
{
    private readonly KeyColumns _keys;
    private readonly Dictionary<int, List<int>> _byHash = [];

    public RowIndex(KeyColumns keys, int rows)
    {
        _keys = keys;
        for (var row = 0; row < rows; row++)
        {
            if (keys.HasNull(row)) continue;
            var hash = keys.Hash(row);
            if (!_byHash.TryGetValue(hash, out var places)) _byHash[hash] = places = [];
            places.Add(row);
        }
    }

    /// <summary>The rows of a key, in their order.</summary>
    public IEnumerable<int> Find(KeyColumns keys, int place) =>
        keys.HasNull(place) || !_byHash.TryGetValue(keys.Hash(place), out var places) ? [] : places.Where(row => keys.Equals(place, _keys, row));

    /// <summary>The last row of a key, or -1.</summary>
    public int FindLast(KeyColumns keys, int place) => Find(keys, place).LastOrDefault(-1);
}
