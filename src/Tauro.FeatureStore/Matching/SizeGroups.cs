namespace Tauro.FeatureStore;

/// <summary>Neighbours in groups, none of which is larger than allowed unless it is of one.</summary>
internal static class SizeGroups
{
    /// <summary>Divides neighbours of some sizes, as many as go together.</summary>
    public static IReadOnlyList<Range> Divide(ReadOnlySpan<long> sizes, long max)
    {
        var groups = new List<Range>();
        for (var (from, end) = (0, 0); from < sizes.Length; from = end)
        {
            long size = 0;
            for (; end < sizes.Length && (end == from || size + sizes[end] <= max); end++) size += sizes[end];
            groups.Add(from..end);
        }

        return groups;
    }
}
