namespace Tauro.FeatureStore.Materialized;

/// <summary>One data file of a snapshot. Files are in write order by (<see cref="CommitVersion"/>, <see cref="Ordinal"/>).</summary>
internal sealed class DeltaFile
{
    private DeltaStatistics? _statistics;

    /// <summary>The path relative to the table's folder, with forward slashes.</summary>
    public required string Path { get; init; }

    public required long Size { get; init; }

    /// <summary>The number of rows, or null where another program wrote the file and did not say.</summary>
    public required long? Rows { get; init; }

    /// <summary>The version that brought the file into the table.</summary>
    public required long CommitVersion { get; init; }

    /// <summary>The file's place among those of its commit.</summary>
    public required long Ordinal { get; init; }

    /// <summary>When the store learned the file's rows: microseconds since 1970.</summary>
    public required long CreatedTimeMicros { get; init; }

    /// <summary>The write sequence of the file's first row, where it does not mix commits.</summary>
    public long FirstSequence => WriteSequence.Of(CommitVersion, Ordinal);

    /// <summary>Whether the file's rows are of several commits, with the created time and the write sequence of each in columns of their own.</summary>
    public bool MixesCommits => Tags.ContainsKey(DeltaTags.MixesCommits);

    /// <summary>The sorted run that the file is a piece of, or null.</summary>
    public string? Run => Tags.TryGetValue(DeltaTags.Run, out var run) ? run : null;

    public required ValueMap<string> Tags { get; init; }

    /// <summary>The statistics as JSON text, or null.</summary>
    public required string? StatisticsText { get; init; }

    /// <summary>When the file was made, in milliseconds since 1970, as the log says.</summary>
    public required long ModificationTime { get; init; }

    public required bool HasDeletionVector { get; init; }

    /// <summary>
    /// The statistics, read on first use: most reads of most tables need none. A column keeps its type for as long as files with it are in the table, so any
    /// snapshot's schema reads the same.
    /// </summary>
    public DeltaStatistics ReadStatistics(DeltaSchema schema) =>
        _statistics ??= StatisticsText is null ? DeltaStatistics.None : DeltaStatisticsJson.Read(StatisticsText, schema);

    /// <summary>The action that brings the file back as it is.</summary>
    public DeltaAdd ToAction() => new(Path, Size, ModificationTime) { DataChange = false, Stats = StatisticsText, Rows = Rows, Tags = Tags };

    public override string ToString() => Path;
}
