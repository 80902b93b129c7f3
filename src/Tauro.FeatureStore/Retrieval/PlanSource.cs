namespace Tauro.FeatureStore;

/// <summary>Where the rows of a plan are.</summary>
public abstract record PlanSource
{
    private protected PlanSource()
    {
    }
}

/// <summary>Parquet files in the order of their writing. A row's write sequence is its file's place in the list and then its place in the file.</summary>
/// <param name="Files">The files of one snapshot; none for a table without rows.</param>
public sealed record ParquetSource(IReadOnlyList<ParquetSourceFile> Files) : PlanSource;

/// <summary>One Parquet file of a <see cref="ParquetSource"/>.</summary>
/// <param name="Path">The path by which the engine opens it.</param>
/// <param name="Rows">The number of its rows.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="CreatedTime">The created time of all its rows, in UTC microseconds.</param>
public sealed record ParquetSourceFile(string Path, long Rows, long Size, long CreatedTime);

/// <summary>A table in memory. A row's write sequence is its place in the table; without a created time column all its rows were known from the beginning.</summary>
/// <param name="Table">The rows.</param>
public sealed record TableSource(FeatureTable Table) : PlanSource;
