using System.Collections;

namespace Tauro.FeatureStore;

/// <summary>A read-only list that is equal to another with equal items, so that records that hold one have value equality.</summary>
internal sealed class ValueList<T>(T[] items) : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    public static ValueList<T> Empty { get; } = new([]);

    public int Count => items.Length;

    public T this[int index] => items[index];

    public bool Equals(ValueList<T>? other) => other is not null && items.AsSpan().SequenceEqual(other.Items);

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in items) hash.Add(item);
        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", items)}]";

    private ReadOnlySpan<T> Items => items;
}

internal static class ValueList
{
    /// <summary>Copies the items, so that a caller who keeps the original cannot change the record.</summary>
    public static ValueList<T> Of<T>(IEnumerable<T>? items) => items as ValueList<T> ?? (items is null ? ValueList<T>.Empty : new ValueList<T>([.. items]));
}
