using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Tauro.FeatureStore;

/// <summary>A read-only dictionary with value equality, kept in the order of its keys so that what is printed or stored never depends on a hash.</summary>
internal sealed class ValueMap<TValue> : IReadOnlyDictionary<string, TValue>, IEquatable<ValueMap<TValue>>
{
    private readonly SortedDictionary<string, TValue> _items;

    public ValueMap(IEnumerable<KeyValuePair<string, TValue>> items)
    {
        _items = new SortedDictionary<string, TValue>(StringComparer.Ordinal);
        foreach (var (key, value) in items) _items[key] = value;
    }

    public static ValueMap<TValue> Empty { get; } = new([]);

    public int Count => _items.Count;

    public IEnumerable<string> Keys => _items.Keys;

    public IEnumerable<TValue> Values => _items.Values;

    public TValue this[string key] => _items[key];

    public bool ContainsKey(string key) => _items.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TValue value) => _items.TryGetValue(key, out value);

    public bool Equals(ValueMap<TValue>? other) => other is not null && _items.SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as ValueMap<TValue>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (key, value) in _items)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    public override string ToString() => $"{{{string.Join(", ", _items.Select(item => $"{item.Key}: {item.Value}"))}}}";

    public static ValueMap<TValue> Of(IEnumerable<KeyValuePair<string, TValue>>? items) => items as ValueMap<TValue> ?? (items is null ? Empty : new ValueMap<TValue>(items));
}
