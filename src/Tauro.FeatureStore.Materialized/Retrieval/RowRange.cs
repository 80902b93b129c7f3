using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Some neighbouring rows of a chunk.</summary>
/// <param name="From">The first.</param>
/// <param name="Count">How many.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowRange(int From, int Count)
{
    /// <summary>The first row after them.</summary>
    public int End => From + Count;

    public static RowRange Between(int from, int end) => new(from, end - from);
}
