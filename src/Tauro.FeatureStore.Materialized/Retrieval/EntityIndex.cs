namespace Tauro.FeatureStore.Materialized;

/// <summary>Numbers the distinct keys of some rows from zero, and finds the number of a key in other rows. Keys with a null have none.</summary>
internal sealed class EntityIndex
{
    public const int None = -1;

    private readonly KeyColumns _keys;
    private readonly int[] _slots;
    private readonly List<int> _firstPlaces = [];

    private EntityIndex(KeyColumns keys, int rows)
    {
        _keys = keys;
        var size = 16;
        while (size < rows * 2L) size = checked(size * 2);
        _slots = new int[size];
    }

    /// <summary>The number of distinct keys.</summary>
    public int Count => _firstPlaces.Count;

    /// <summary>Where each distinct key was first seen.</summary>
    public IReadOnlyList<int> FirstPlaces => _firstPlaces;

    /// <summary>Numbers the keys of all rows; <paramref name="entities"/> gets the number of each row.</summary>
    public static EntityIndex Build(KeyColumns keys, int rows, out int[] entities)
    {
        var index = new EntityIndex(keys, rows);
        entities = new int[rows];
        if (keys.Columns is [WholeKeyColumn { HasNulls: false } whole])
        {
            index.AddWhole(whole.Values, entities);
            return index;
        }

        for (var place = 0; place < rows; place++) entities[place] = keys.HasNull(place) ? None : index.Add(place);
        return index;
    }

    /// <summary>The numbers of the keys of other rows, whose columns have the same types. Files are sorted by key, so a key is most often the one before.</summary>
    public void Find(KeyColumns keys, Span<int> entities)
    {
        if (_keys.Columns is [WholeKeyColumn own] && keys.Columns is [WholeKeyColumn { HasNulls: false } other])
        {
            FindWhole(own.Values, other.Values, entities);
            return;
        }

        for (var place = 0; place < entities.Length; place++)
        {
            if (keys.HasNull(place)) entities[place] = None;
            else if (place > 0 && entities[place - 1] != None && keys.Equals(place, keys, place - 1)) entities[place] = entities[place - 1];
            else entities[place] = Find(keys, place);
        }
    }

    /// <summary>The number of one key among whole numbers, which are those that the index was built of.</summary>
    public int Find(ReadOnlySpan<long> own, long key)
    {
        var mask = _slots.Length - 1;
        var slot = WholeKeyColumn.Mix(key) & mask;
        while (_slots[slot] is > 0 and var entity)
        {
            if (own[_firstPlaces[entity - 1]] == key) return entity - 1;
            slot = (slot + 1) & mask;
        }

        return None;
    }

    /// <summary>The number of one key among texts, which are those that the index was built of.</summary>
    public int Find(TextKeyColumn own, ReadOnlySpan<byte> key)
    {
        var mask = _slots.Length - 1;
        var slot = KeyColumns.HashOfOne(TextKeyColumn.Hash(key)) & mask;
        while (_slots[slot] is > 0 and var entity)
        {
            if (own[_firstPlaces[entity - 1]].SequenceEqual(key)) return entity - 1;
            slot = (slot + 1) & mask;
        }

        return None;
    }

    private void FindWhole(ReadOnlySpan<long> own, ReadOnlySpan<long> wanted, Span<int> entities)
    {
        ReadOnlySpan<int> slots = _slots;
        var firstPlaces = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_firstPlaces);
        var mask = slots.Length - 1;
        for (var place = 0; place < entities.Length;)
        {
            var key = wanted[place];
            var slot = WholeKeyColumn.Mix(key) & mask;
            while (slots[slot] is > 0 and var entity && own[firstPlaces[entity - 1]] != key) slot = (slot + 1) & mask;
            var found = slots[slot] - 1;
            do entities[place++] = found;
            while (place < entities.Length && wanted[place] == key);
        }
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

    private void AddWhole(ReadOnlySpan<long> keys, Span<int> entities)
    {
        Span<int> slots = _slots;
        var mask = slots.Length - 1;
        for (var place = 0; place < entities.Length; place++)
        {
            var key = keys[place];
            var slot = WholeKeyColumn.Mix(key) & mask;
            while (slots[slot] is > 0 and var entity && keys[_firstPlaces[entity - 1]] != key) slot = (slot + 1) & mask;
            if (slots[slot] == 0)
            {
                _firstPlaces.Add(place);
                slots[slot] = _firstPlaces.Count;
            }

            entities[place] = slots[slot] - 1;
        }
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
