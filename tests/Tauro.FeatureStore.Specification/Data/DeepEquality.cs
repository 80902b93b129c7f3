using System.Collections;

namespace Tauro.FeatureStore.Specification;

/// <summary>Equality of values as a table returns them: arrays by their elements, maps and structs by their members, all else by itself.</summary>
public static class DeepEquality
{
    public static new bool Equals(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (string, _) => left.Equals(right),
        (IEnumerable, IEnumerable) when AsMap(left) is { } one && AsMap(right) is { } other =>
            one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var value) && Equals(entry.Value, value)),
        (IEnumerable one, IEnumerable other) => SameElements(one, other),
        _ => left.Equals(right),
    };

    private static bool SameElements(IEnumerable left, IEnumerable right)
    {
        object?[] one = [.. left.Cast<object?>()];
        object?[] other = [.. right.Cast<object?>()];
        return one.Length == other.Length && one.Zip(other).All(pair => Equals(pair.First, pair.Second));
    }

    private static Dictionary<object, object?>? AsMap(object value)
    {
        if (value is not IDictionary dictionary) return null;
        var map = new Dictionary<object, object?>();
        foreach (DictionaryEntry entry in dictionary) map.Add(entry.Key, entry.Value);
        return map;
    }
}
