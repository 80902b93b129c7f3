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

    /// <summary>The same rows in ranges of so many each, the last of the rest.</summary>
    public IEnumerable<RowRange> Split(int rows)
    {
        for (var left = this; left.Count > 0; left = Between(left.From + Math.Min(left.Count, rows), left.End))
            yield return left with { Count = Math.Min(left.Count, rows) };
    }

    /// <summary>The rows that are in ranges of both lists, which are in order and do not overlap.</summary>
    public static IReadOnlyList<RowRange> Intersect(IReadOnlyList<RowRange> left, IReadOnlyList<RowRange> right)
    {
        var both = new List<RowRange>();
        for (var (i, j) = (0, 0); i < left.Count && j < right.Count;)
        {
            var (from, end) = (Math.Max(left[i].From, right[j].From), Math.Min(left[i].End, right[j].End));
            if (from < end) both.Add(Between(from, end));
            if (left[i].End < right[j].End) i++;
            else j++;
        }

        return both;
    }
}
