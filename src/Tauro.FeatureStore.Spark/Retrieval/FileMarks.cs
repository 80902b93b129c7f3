namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// What tells in each row which file it is of: the file's size, and only among files of one size a hash of its name. To look at the names in all rows takes a tenth of the
/// time of a training set.
/// </summary>
internal sealed class FileMarks(IReadOnlyList<ParquetSourceFile> files)
{
    private const string Size = "_metadata.file_size";

    private readonly HashSet<long> _shared = [.. files.GroupBy(file => file.Size).Where(alike => alike.Skip(1).Any()).Select(alike => alike.Key)];

    /// <summary>The mark of a row, where the files are read.</summary>
    public string OfRow => _shared.Count == 0
        ? Size
        : $"CASE WHEN {Size} IN ({string.Join(", ", _shared.Select(SparkLiteral.Whole))}) THEN xxhash64(_metadata.file_name) ELSE {Size} END";

    /// <summary>The mark of a file, whose name is given as Spark says it.</summary>
    public string Of(ParquetSourceFile file, string name) => _shared.Contains(file.Size) ? $"xxhash64({SparkLiteral.Text(name)})" : SparkLiteral.Whole(file.Size);
}
