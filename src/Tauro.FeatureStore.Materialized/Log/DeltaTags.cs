namespace Tauro.FeatureStore.Materialized;

/// <summary>The tags by which an <see cref="DeltaAdd"/> says what a row's order needs and the protocol has no field for.</summary>
internal static class DeltaTags
{
    /// <summary>When the store learned the file's rows: microseconds since 1970.</summary>
    public const string CreatedTime = "tauro.createdTime";

    /// <summary>The file's place among the files of its commit. The protocol gives the lines of a commit no order.</summary>
    public const string FileOrdinal = "tauro.fileOrdinal";
}
