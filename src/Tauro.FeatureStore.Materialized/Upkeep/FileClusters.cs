namespace Tauro.FeatureStore.Materialized;

/// <summary>Finds the files of a table that a compaction brings together: those whose keys overlap, and neighbours that are small.</summary>
internal static class FileClusters
{
    /// <summary>The clusters, each of files that are written anew as one sorted run. A table that is compact has none.</summary>
    public static IReadOnlyList<IReadOnlyList<DeltaFile>> Find(DeltaSnapshot snapshot, string sortColumn, long rowsPerFile)
    {
        var spans = snapshot.Files.Where(file => file.Rows > 0).Select(file => Span.Of(file, snapshot.Schema, sortColumn)).ToList();
        if (spans.Any(span => span.Bounds is null)) return spans.Count > 1 ? [[.. spans.Select(span => span.File)]] : []; // Nothing is known of the order.
        spans.Sort(static (left, right) => StatisticValue.Compare(left.Bounds!.Value.Min, right.Bounds!.Value.Min));
        return [.. Joined(Overlapping(spans), rowsPerFile).Where(cluster => IsWorthwhile(cluster, rowsPerFile)).Select(cluster => cluster.Select(span => span.File).ToList())];
    }

    private static IEnumerable<List<Span>> Overlapping(List<Span> spans)
    {
        var cluster = new List<Span>();
        foreach (var span in spans)
        {
            if (cluster.Count > 0 && !cluster.Any(other => other.Overlaps(span)))
            {
                yield return cluster;
                cluster = [];
            }

            cluster.Add(span);
        }

        if (cluster.Count > 0) yield return cluster;
    }

    /// <summary>Puts neighbours together that fit into one file.</summary>
    private static IEnumerable<List<Span>> Joined(IEnumerable<List<Span>> clusters, long rowsPerFile)
    {
        var joined = new List<Span>();
        foreach (var cluster in clusters)
        {
            if (joined.Count > 0 && Rows(joined) + Rows(cluster) > rowsPerFile)
            {
                yield return joined;
                joined = [];
            }

            joined.AddRange(cluster);
        }

        if (joined.Count > 0) yield return joined;
    }

    private static bool IsWorthwhile(List<Span> cluster, long rowsPerFile) =>
        cluster.Count > 1 && (cluster.Count > (Rows(cluster) + rowsPerFile - 1) / rowsPerFile || cluster.Any(span => cluster.Any(span.Overlaps)));

    private static long Rows(List<Span> cluster) => cluster.Sum(span => span.File.Rows ?? 0);

    private sealed record Span(DeltaFile File, (StatisticValue Min, StatisticValue Max)? Bounds)
    {
        public static Span Of(DeltaFile file, DeltaSchema schema, string column) =>
            new(file, file.ReadStatistics(schema).Columns.TryGetValue(column, out var known) && known is { Min: { } min, Max: { } max } ? (min, max) : null);

        /// <summary>Whether rows of the two may belong between each other. Pieces of one run are in order, though the bounds of neighbours touch.</summary>
        public bool Overlaps(Span other) =>
            (File.Run is null || File.Run != other.File.Run) && !ReferenceEquals(File, other.File)
            && StatisticValue.Compare(Bounds!.Value.Max, other.Bounds!.Value.Min) >= 0 && StatisticValue.Compare(other.Bounds.Value.Max, Bounds.Value.Min) >= 0;
    }
}
