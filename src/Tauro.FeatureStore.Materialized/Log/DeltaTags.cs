namespace Tauro.FeatureStore.Materialized;

/// <summary>The tags by which an <see cref="DeltaAdd"/> says what a row's order needs and the protocol has no field for.</summary>
internal static class DeltaTags
{
    /// <summary>When the store learned the file's rows: microseconds since 1970.</summary>
    public const string CreatedTime = "tauro.createdTime";

    /// <summary>The file's place among the files of its commit. The protocol gives the lines of a commit no order.</summary>
    public const string FileOrdinal = "tauro.fileOrdinal";

    /// <summary>The version that brought the file. A checkpoint keeps the file's action and forgets the commit that it came with.</summary>
    public const string Version = "tauro.version";

    /// <summary>
    /// The sorted run that the file is a piece of. Pieces of one run are in order one after another, so they need no compaction though their bounds may touch.
    /// </summary>
    public const string Run = "tauro.run";

    /// <summary>Present on a file whose rows are of several commits: each row's created time and write sequence stand in columns outside of the schema.</summary>
    public const string MixesCommits = "tauro.mixesCommits";
}
