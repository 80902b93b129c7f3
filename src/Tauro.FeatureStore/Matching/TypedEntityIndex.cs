namespace Tauro.FeatureStore;

/// <summary>An index of keys of any types and any number of columns. It holds the places of the keys; their columns must stay alive.</summary>
internal sealed class TypedEntityIndex : EntityIndex
{
    private readonly KeyColumns _keys;
    private readonly int[] _slots;
    private readonly List<int> _firstPlaces = [];

    private TypedEntityIndex(KeyColumns keys, int rows)
    {
        _keys = keys;
        var size = 16;
        while (size < rows * 2L) size = checked(size * 2);
        _slots = new int[size];
    }

    public override IReadOnlyList<int> FirstPlaces => _firstPlaces;

    public static TypedEntityIndex Build(KeyColumns keys, Span<int> entities)
    {
        var index = new TypedEntityIndex(keys, entities.Length);
        for (var place = 0; place < entities.Length; place++) entities[place] = keys.HasNull(place) ? None : index.Add(place);
        return index;
    }

    public override void Find(KeyColumns keys, Span<int> entities)
    {
        for (var place = 0; place < entities.Length; place++)
        {
            if (keys.HasNull(place)) entities[place] = None;
            else if (place > 0 && entities[place - 1] != None && keys.Equals(place, keys, place - 1)) entities[place] = entities[place - 1];
            else entities[place] = Find(keys, place);
        }
    }

    /// <summary>The number of one key, where the index is of one column of texts.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        var own = (TextKeyColumn)_keys.Columns[0];
        var mask = _slots.Length - 1;
        var slot = KeyColumns.HashOfOne(TextKeyColumn.Hash(key)) & mask;
        while (_slots[slot] is > 0 and var entity)
        {
            if (own[_firstPlaces[entity - 1]].SequenceEqual(key)) return entity - 1;
            slot = (slot + 1) & mask;
        }

        return None;
    }

    private int Find(KeyColumns keys, int place)
    {
        var mask = _slots.Length - 1;
        var slot = keys.Hash(place) & mask;
        while (_slots[slot] is > 0 and var entity)
        {
            if (_keys.Equals(_firstPlaces[entity - 1], keys, place)) return entity - 1;
            slot = (slot + 1) & mask;
        }

        return None;
    }

    private int Add(int place)
    {
        var mask = _slots.Length - 1;
        var slot = _keys.Hash(place) & mask;
        while (_slots[slot] is > 0 and var entity)
        {
            if (_keys.Equals(_firstPlaces[entity - 1], _keys, place)) return entity - 1;
            slot = (slot + 1) & mask;
        }

        _firstPlaces.Add(place);
        _slots[slot] = _firstPlaces.Count;
        return _firstPlaces.Count - 1;
    }
}
