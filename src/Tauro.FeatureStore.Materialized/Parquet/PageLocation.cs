using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Where a data page lies in its file and which rows of its row group it holds.</summary>
/// <param name="Offset">The first byte of its header.</param>
/// <param name="Size">The bytes of its header and body.</param>
/// <param name="FirstRow">Its first row.</param>
/// <param name="Rows">The number of its rows.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PageLocation(long Offset, int Size, int FirstRow, int Rows)
{
    /// <summary>The first row after the page.</summary>
    public int End => FirstRow + Rows;
}
