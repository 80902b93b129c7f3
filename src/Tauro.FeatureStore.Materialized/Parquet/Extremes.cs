using System.Numerics;
using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The least and the greatest of many numbers, several at a time.</summary>
internal static class Extremes
{
    /// <summary>Finds both; false where a NaN is among the numbers, which has no place in their order.</summary>
    public static bool TryFind<T>(ReadOnlySpan<T> values, out T min, out T max)
        where T : unmanaged, INumber<T>
    {
        min = max = values[0];
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(values);
        if (!vectors.IsEmpty)
        {
            var least = vectors[0];
            var greatest = vectors[0];
            var ordered = Vector<T>.AllBitsSet;
            foreach (var vector in vectors)
            {
                least = Vector.Min(least, vector);
                greatest = Vector.Max(greatest, vector);
                ordered &= Vector.Equals(vector, vector);
            }

            // Bits are compared as bytes, because as numbers all bits set are a NaN themselves.
            if (!Vector.EqualsAll(ordered.As<T, byte>(), Vector<byte>.AllBitsSet)) return false;
            for (var lane = 0; lane < Vector<T>.Count; lane++)
            {
                min = T.Min(min, least[lane]);
                max = T.Max(max, greatest[lane]);
            }
        }

        foreach (var value in values[(vectors.Length * Vector<T>.Count)..])
        {
            if (T.IsNaN(value)) return false;
            min = T.Min(min, value);
            max = T.Max(max, value);
        }

        return !T.IsNaN(min) && !T.IsNaN(max);
    }
}
