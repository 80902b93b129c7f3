using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>A data file that a write brings.</summary>
/// <param name="Path">The path relative to the table's folder, with forward slashes.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">What is known of the columns, by name.</param>
internal sealed record DeltaNewFile(string Path, long Size, long Rows, IReadOnlyDictionary<string, DeltaColumnStatistics> Columns)
{
    private string? _stats;

    /// <summary>Whether its rows are of several commits, with the created time and the write sequence of each in columns of their own.</summary>
    public bool MixesCommits { get; init; }

    /// <summary>The sorted run that the file is a piece of, or null.</summary>
    public string? Run { get; init; }

    /// <summary>Tags beside those that every file gets.</summary>
    public ValueMap<string> Tags { get; init; } = ValueMap<string>.Empty;

    /// <summary>The line of the commit. All but its times is the same in every attempt.</summary>
    public DeltaAdd ToAction(DeltaSchema schema, long createdTimeMicros, long version, long ordinal, bool dataChange) =>
        new(Path, Size, DeltaTime.Millis(createdTimeMicros))
        {
            DataChange = dataChange,
            Rows = Rows,
            Stats = _stats ??= DeltaStatisticsJson.Write(Rows, Columns, schema),
            Tags = new ValueMap<string>(
            [
                .. Tags,
                .. MixesCommits ? (KeyValuePair<string, string>[])[new(DeltaTags.MixesCommits, "true")] : [],
                .. Run is null ? (KeyValuePair<string, string>[])[] : [new(DeltaTags.Run, Run)],
                new(DeltaTags.Version, version.ToString(CultureInfo.InvariantCulture)),
                new(DeltaTags.CreatedTime, createdTimeMicros.ToString(CultureInfo.InvariantCulture)),
                new(DeltaTags.FileOrdinal, ordinal.ToString(CultureInfo.InvariantCulture)),
            ]),
        };
}
