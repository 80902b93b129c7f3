using System.Numerics;

namespace Tauro.FeatureStore;

/// <summary>Sorts rows by whole numbers without comparing them: digit by digit, least first. Equal rows keep their order.</summary>
internal static class RadixOrder
{
    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;

    /// <summary>The places of the rows in the order of some columns, at least one: two at a time, the last first.</summary>
    public static int[] Find(IReadOnlyList<WholeKeyColumn> columns)
    {
        int[]? places = null;
        for (var end = columns.Count; end > 0; end -= 2)
        {
            var first = columns[Math.Max(0, end - 2)].Values;
            var second = end > 1 ? columns[end - 1].Values : [];
            if (places is null)
            {
                places = Find(first, second);
                continue;
            }

            var order = Find(At(first, places), At(second, places));
            for (var i = 0; i < order.Length; i++) order[i] = places[order[i]];
            places = order;
        }

        return places!;
    }

    private static long[] At(ReadOnlySpan<long> values, int[] places)
    {
        var taken = new long[values.IsEmpty ? 0 : places.Length];
        for (var i = 0; i < taken.Length; i++) taken[i] = values[places[i]];
        return taken;
    }

    /// <summary>The places of the rows in the order of one column, or of two.</summary>
    public static int[] Find(ReadOnlySpan<long> first, ReadOnlySpan<long> second)
    {
        var (firstLeast, firstBits) = Range(first);
        var (secondLeast, secondBits) = Range(second);
        var places = new int[first.Length];
        for (var i = 0; i < places.Length; i++) places[i] = i;
        var keys = new ulong[first.Length];
        if (secondBits > 0)
        {
            for (var i = 0; i < keys.Length; i++) keys[i] = unchecked((ulong)(second[i] - secondLeast));
            if (firstBits + secondBits > 64) Sort(ref keys, ref places, secondBits);
        }

        // Both numbers of a row, less the least of their column, nearly always fit into one.
        var isPacked = secondBits > 0 && firstBits + secondBits <= 64;
        if (!isPacked || firstBits > 0)
            for (var i = 0; i < keys.Length; i++)
                keys[i] = unchecked((ulong)(first[places[i]] - firstLeast)) << (isPacked ? secondBits : 0) | (isPacked ? keys[i] : 0);
        Sort(ref keys, ref places, firstBits + (isPacked ? secondBits : 0));
        return places;
    }

    private static void Sort(ref ulong[] keys, ref int[] places, int bits)
    {
        var (otherKeys, otherPlaces) = (new ulong[keys.Length], new int[keys.Length]);
        var starts = new int[Digits];
        for (var shift = 0; shift < bits; shift += DigitBits)
        {
            Array.Clear(starts);
            foreach (var key in keys) starts[(int)(key >> shift) & (Digits - 1)]++;
            var next = 0;
            for (var digit = 0; digit < starts.Length; digit++) (starts[digit], next) = (next, next + starts[digit]);
            for (var i = 0; i < keys.Length; i++)
            {
                var to = starts[(int)(keys[i] >> shift) & (Digits - 1)]++;
                (otherKeys[to], otherPlaces[to]) = (keys[i], places[i]);
            }

            (keys, otherKeys) = (otherKeys, keys);
            (places, otherPlaces) = (otherPlaces, places);
        }
    }

    private static (long Least, int Bits) Range(ReadOnlySpan<long> values)
    {
        if (values.IsEmpty) return (0, 0);
        var (least, greatest) = (values[0], values[0]);
        foreach (var value in values)
        {
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
        }

        return (least, 64 - BitOperations.LeadingZeroCount(unchecked((ulong)(greatest - least))));
    }
}
