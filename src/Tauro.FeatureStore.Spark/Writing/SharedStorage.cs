namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The storage that this process and all of the cluster see under the same paths, as the user says; where it matters, that is proven once.</summary>
internal sealed class SharedStorage(string? root)
{
    private const int Tasks = 32;

    private volatile bool _isProven;

    /// <summary>Whether a folder is in the shared storage.</summary>
    public bool Covers(string folder)
    {
        if (root is null) return false;
        var relative = Path.GetRelativePath(Path.GetFullPath(root), Path.GetFullPath(folder));
        return !Path.IsPathRooted(relative) && relative != ".." && !relative.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
    }

    /// <summary>
    /// Has many small tasks write a row each beside a folder, and looks for all of them. A cluster whose machines write to disks of their own says that it has written, and
    /// the rows are nowhere.
    /// </summary>
    public async Task ProveAsync(SparkSession session, string folder, CancellationToken cancellationToken)
    {
        if (_isProven) return;
        var place = $"{folder}-probe";
        var written = new WrittenFolder(place);
        try
        {
            await FileWriteCommand.RunAsync(session, FormattableString.Invariant($"SELECT id FROM range(0, {Tasks}, 1, {Tasks})"), values: null, place, Tasks, cancellationToken).ConfigureAwait(false);
            var files = await written.TakeAsync(cancellationToken).ConfigureAwait(false);
            var found = files.Sum(file => file.Rows);
            if (found != Tasks) throw NotShared(folder, FormattableString.Invariant($"Spark wrote {Tasks} rows beside it to see, and {found} of them are there"));
        }
        finally
        {
            await written.DeleteAsync(session.Clock).ConfigureAwait(false);
        }

        _isProven = true;
    }

    public static SparkQueryException NotShared(string folder, string what) => new(
        $"Not all of the cluster writes to the folder '{folder}' that this process sees: {what}. Set {nameof(SparkOptions)}.{nameof(SparkOptions.SharedPath)} to a folder that all of them see, or leave it out; rows then come through this process.");
}
