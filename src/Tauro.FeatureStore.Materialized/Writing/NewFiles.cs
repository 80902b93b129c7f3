namespace Tauro.FeatureStore.Materialized;

/// <summary>The data files that a write has made, in the order of writing. Disposed before a commit has named them, they are taken back.</summary>
internal sealed class NewFiles(IFileStorage storage, string folder) : IDisposable
{
    private readonly List<DeltaNewFile> _files = [];

    /// <summary>Whether a commit names the files, or may name them.</summary>
    public bool AreKept { get; private set; }

    public void Add(DeltaNewFile file) => _files.Add(file);

    /// <summary>Adds the files to a write and commits it. They stay where a commit names them, or may name them.</summary>
    public async Task<DeltaCommitResult> CommitAsync(DeltaTransaction transaction, CancellationToken cancellationToken)
    {
        foreach (var file in _files) transaction.Add(file);
        try
        {
            var result = await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            AreKept = !result.AlreadyWritten;
            return result;
        }
        catch
        {
            AreKept = transaction.MayBeCommitted;
            throw;
        }
    }

    public void Dispose()
    {
        if (AreKept) return;
        foreach (var file in _files) storage.Delete($"{folder}/{file.Path}");
    }
}
