using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>A row of a chunk that is wanted, and its place in the answer. They sort by row.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WantedRow(ulong Value)
{
    public WantedRow(int row, int target) : this(((ulong)row << 32) | (uint)target)
    {
    }

    public int Row => (int)(Value >> 32);

    /// <summary>The place in the answer.</summary>
    public int Target => unchecked((int)Value);
}
