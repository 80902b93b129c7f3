using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The distinct strings of a column, and for each value which of them it is.</summary>
internal sealed class TextDictionary
{
    /// <summary>A dictionary with more entries saves little and fills the caches of those who read it.</summary>
    private const int MaxEntries = 1 << 16;

    private const int MaxBytes = 1 << 20;

    /// <summary>After this many values it is looked at whether they repeat at all, so that a column of distinct ones costs little.</summary>
    private const int SampleSize = 1 << 13;

    /// <summary>Secret, so that nobody can choose strings that all fall into one slot.</summary>
    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private TextDictionary(List<int> first, int[] codes)
    {
        First = first;
        Codes = codes;
    }

    /// <summary>For each entry the index of the first value that equals it.</summary>
    public List<int> First { get; }

    /// <summary>For each value its entry.</summary>
    public int[] Codes { get; }

    /// <summary>Makes a dictionary, or nothing where it would not be much smaller than the values.</summary>
    public static TextDictionary? TryMake(ReadOnlySpan<byte> text, int[] starts, int[] ends)
    {
        if (starts.Length == 0) return null;
        var slots = new int[MaxEntries * 2];
        var first = new List<int>();
        var codes = new int[starts.Length];
        var bytes = 0;
        for (var index = 0; index < starts.Length; index++)
        {
            var value = text[starts[index]..ends[index]];
            var slot = (int)(Hash(value) & (ulong)(slots.Length - 1));
            while (slots[slot] is var taken && taken != 0 && !value.SequenceEqual(text[starts[first[taken - 1]]..ends[first[taken - 1]]]))
                slot = (slot + 1) & (slots.Length - 1);
            if (slots[slot] == 0)
            {
                bytes += value.Length;
                if (first.Count == MaxEntries || bytes > MaxBytes) return null;
                first.Add(index);
                slots[slot] = first.Count;
            }

            codes[index] = slots[slot] - 1;
            if (index == SampleSize && first.Count > SampleSize / 2) return null;
        }

        return first.Count > starts.Length / 2 ? null : new TextDictionary(first, codes);
    }

    private static ulong Hash(ReadOnlySpan<byte> value)
    {
        const ulong prime = 0x9E3779B97F4A7C15;
        var hash = Seed ^ (ulong)value.Length;
        for (; value.Length >= sizeof(ulong); value = value[sizeof(ulong)..])
            hash = BitOperations.RotateLeft((hash ^ BinaryPrimitives.ReadUInt64LittleEndian(value)) * prime, 29);
        ulong rest = 0;
        foreach (var part in value) rest = (rest << 8) | part;
        hash = (hash ^ rest) * prime;
        hash ^= hash >> 32;
        hash *= prime;
        return hash ^ (hash >> 29);
    }
}
