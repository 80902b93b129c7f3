namespace Tauro.FeatureStore;

/// <summary>Where the rows of a plan are.</summary>
public abstract record PlanSource
{
    private protected PlanSource()
    {
    }
}

/// <summary>
/// Parquet files of one snapshot. A row has a created time and a write sequence: in most files they follow from the file and the row's place in it; a file that
/// <see cref="ParquetSourceFile.MixesCommits"/> has them in two columns of its own, <see cref="CreatedTimeColumn"/> and <see cref="SequenceColumn"/>, never null.
/// </summary>
/// <param name="Files">The files in the order of their writing; none for a table without rows.</param>
public sealed record ParquetSource(IReadOnlyList<ParquetSourceFile> Files) : PlanSource
{
    /// <summary>The column of a file that mixes commits with each row's created time: UTC microseconds, as a 64-bit integer.</summary>
    public const string CreatedTimeColumn = "__created_time";

    /// <summary>The column of a file that mixes commits with each row's write sequence: a 64-bit integer.</summary>
    public const string SequenceColumn = "__write_sequence";

    /// <summary>Whether a file of the source mixes commits. If none does, the order of the files and then of their rows is the write sequence.</summary>
    public bool MixesCommits => Files.Any(file => file.MixesCommits);
}

/// <summary>One Parquet file of a <see cref="ParquetSource"/>.</summary>
/// <param name="Path">The path by which the engine opens it.</param>
/// <param name="Rows">The number of its rows.</param>
/// <param name="Size">Its exact size in bytes, by which an engine may know it.</param>
/// <param name="CreatedTime">The created time of all its rows, in UTC microseconds, where it does not mix commits.</param>
public sealed record ParquetSourceFile(string Path, long Rows, long Size, long CreatedTime)
{
    /// <summary>
    /// The write sequence of the first row, and of each further one the next number, where the file does not mix commits. It matters only where another file of the
    /// source does.
    /// </summary>
    public long FirstSequence { get; init; }

    /// <summary>Whether the rows are of several commits, and two columns hold the created time and the write sequence of each.</summary>
    public bool MixesCommits { get; init; }
}

/// <summary>A table in memory. A row's write sequence is its place in the table; without a created time column all its rows were known from the beginning.</summary>
/// <param name="Table">The rows.</param>
public sealed record TableSource(FeatureTable Table) : PlanSource;
