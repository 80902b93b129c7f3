namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// The order of writing in one number: a commit's version, the file's place among those of its commit, and the row's place in its file. It fits a signed 64-bit
/// integer for tables of up to 16 million commits, 32 thousand files in one commit and 16 million rows in one file, which writers keep to.
/// </summary>
internal static class WriteSequence
{
    public const int MaxRowsInFile = 1 << RowBits;
    public const int MaxFilesInCommit = 1 << FileBits;
    public const long MaxVersion = (1L << VersionBits) - 1;

    private const int RowBits = 24;
    private const int FileBits = 15;
    private const int VersionBits = 24;

    /// <summary>The sequence of a file's first row; its further rows count on from there.</summary>
    public static long Of(long version, long ordinal) => (version << (FileBits + RowBits)) + (ordinal << RowBits);
}
