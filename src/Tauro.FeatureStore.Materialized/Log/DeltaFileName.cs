using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The names of the files in a log's folder.</summary>
internal static class DeltaFileName
{
    public const string Folder = "_delta_log";
    private const int Digits = 20;
    private const string Extension = ".json";
    private const string CheckpointExtension = ".checkpoint.parquet";

    public static string Commit(long version) => version.ToString("d20", CultureInfo.InvariantCulture) + Extension;

    /// <summary>
    /// The version that a commit's name states. Everything else in the folder (checkpoints, checksums, compacted logs, temporary files of a writer that
    /// crashed) is no commit.
    /// </summary>
    public static bool TryParseCommit(string name, out long version)
    {
        version = -1;
        return name.Length == Digits + Extension.Length
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }

    public static string Checkpoint(long version) => version.ToString("d20", CultureInfo.InvariantCulture) + CheckpointExtension;

    /// <summary>The version of a classic checkpoint: one file. Those of several files are not read, because they may be incomplete.</summary>
    public static bool TryParseCheckpoint(string name, out long version)
    {
        version = -1;
        return name.Length == Digits + CheckpointExtension.Length
            && name.EndsWith(CheckpointExtension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }

    /// <summary>The version to which a file of the log belongs, commits and checkpoints of any kind, or null.</summary>
    public static long? VersionOf(string name) =>
        (TryParseCommit(name, out var version) || IsCheckpoint(name)) && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out version)
            ? version
            : null;

    public static bool IsCheckpoint(string name) =>
        name.Length > Digits && name.AsSpan(Digits).StartsWith(".checkpoint.", StringComparison.Ordinal) && char.IsAsciiDigit(name[0]);
}
