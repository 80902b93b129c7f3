namespace Tauro.FeatureStore;

/// <summary>Sorts rows by comparing them: stretches that are in order already, as sorted files are, are merged, two at a time. Equal rows keep their order.</summary>
internal static class MergedRuns
{
    /// <summary>The places of the rows in order.</summary>
    public static int[] Find(KeyColumns columns, int rows)
    {
        var (places, merged) = (new int[rows], new int[rows]);
        for (var place = 0; place < rows; place++) places[place] = place;
        for (var starts = Runs(columns, rows); starts.Count > 2; starts = [.. starts.Where((_, i) => i % 2 == 0 || i == starts.Count - 1)])
        {
            var runs = starts;
            var (from, to) = (places, merged);
            WorkerPool.ForRanges(runs.Count / 2, rows, (first, end) =>
            {
                for (var pair = first; pair < end; pair++) Merge(columns, from, to, runs[2 * pair], runs[(2 * pair) + 1], runs[Math.Min((2 * pair) + 2, runs.Count - 1)]);
            });
            (places, merged) = (merged, places);
        }

        return places;
    }

    /// <summary>Where each stretch in order begins, and at the end the number of rows.</summary>
    private static List<int> Runs(KeyColumns columns, int rows)
    {
        List<int> starts = [0];
        for (var place = 1; place < rows; place++)
            if (columns.Compare(place - 1, place) > 0) starts.Add(place);
        starts.Add(rows);
        return starts;
    }

    private static void Merge(KeyColumns columns, int[] from, int[] to, int left, int right, int end)
    {
        var (leftEnd, next) = (right, left);
        while (left < leftEnd && right < end) to[next++] = columns.Compare(from[left], from[right]) <= 0 ? from[left++] : from[right++];
        from.AsSpan(left..leftEnd).CopyTo(to.AsSpan(next));
        from.AsSpan(right..end).CopyTo(to.AsSpan(next + leftEnd - left));
    }
}
