using System.Runtime.InteropServices;

namespace Tauro.FeatureStore;

/// <summary>An index of keys that are one whole number. It holds the numbers themselves, side by side with theirs, and grows with the distinct ones.</summary>
internal sealed class WholeEntityIndex : EntityIndex
{
    private readonly List<int> _firstPlaces = [];
    private Slot[] _slots = new Slot[1024];

    private WholeEntityIndex()
    {
    }

    public override IReadOnlyList<int> FirstPlaces => _firstPlaces;

    public static WholeEntityIndex Build(WholeKeyColumn keys, Span<int> entities)
    {
        var index = new WholeEntityIndex();
        var values = keys.Values;
        for (var place = 0; place < entities.Length; place++) entities[place] = keys.IsNull(place) ? None : index.Add(values[place], place);
        return index;
    }

    /// <summary>Numbers the keys anew, in ascending order.</summary>
    /// <param name="entities">The number that each row has; gets the new one.</param>
    /// <returns>The keys in that order.</returns>
    public long[] SortKeys(Span<int> entities)
    {
        var keys = new long[Count];
        foreach (var slot in _slots)
            if (slot.Number > 0) keys[slot.Number - 1] = slot.Key;
        int[] before = [.. Enumerable.Range(0, keys.Length)];
        System.Array.Sort(keys, before);

        var now = new int[keys.Length];
        for (var entity = 0; entity < before.Length; entity++) now[before[entity]] = entity;
        foreach (ref var slot in _slots.AsSpan())
            if (slot.Number > 0) slot.Number = now[slot.Number - 1] + 1;
        foreach (ref var entity in entities)
            if (entity != None) entity = now[entity];
        int[] places = [.. _firstPlaces];
        for (var entity = 0; entity < places.Length; entity++) _firstPlaces[entity] = places[before[entity]];
        return keys;
    }

    public override void Find(KeyColumns keys, Span<int> entities)
    {
        var column = (WholeKeyColumn)keys.Columns[0];
        var wanted = column.Values;
        for (var place = 0; place < entities.Length;)
        {
            var key = wanted[place];
            var found = Find(key);
            do entities[place++] = found;
            while (place < entities.Length && wanted[place] == key);
        }

        if (!column.HasNulls) return;
        for (var place = 0; place < entities.Length; place++)
            if (column.IsNull(place)) entities[place] = None;
    }

    /// <summary>The number of one key.</summary>
    public int Find(long key) => _slots[PlaceOf(_slots, key)].Number - 1;

    private int Add(long key, int place)
    {
        ref var slot = ref _slots[PlaceOf(_slots, key)];
        if (slot.Number > 0) return slot.Number - 1;
        _firstPlaces.Add(place);
        slot = new Slot { Key = key, Number = Count };
        if (Count * 2 > _slots.Length) Grow();
        return Count - 1;
    }

    private void Grow()
    {
        var slots = new Slot[checked(_slots.Length * 4)];
        foreach (var slot in _slots)
            if (slot.Number > 0) slots[PlaceOf(slots, slot.Key)] = slot;
        _slots = slots;
    }

    /// <summary>Where a key stands, or may be put.</summary>
    private static int PlaceOf(ReadOnlySpan<Slot> slots, long key)
    {
        var mask = slots.Length - 1;
        var place = WholeKeyColumn.Mix(key) & mask;
        while (slots[place].Number > 0 && slots[place].Key != key) place = (place + 1) & mask;
        return place;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Slot
    {
        public long Key;

        /// <summary>One more than the key's number; zero where there is no key.</summary>
        public int Number;
    }
}
