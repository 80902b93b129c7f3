namespace Tauro.FeatureStore.Materialized;

/// <summary>The data files that a write has made, in the order of writing. Disposed before a commit has named them, they are taken back.</summary>
internal sealed class NewFiles(IFileStorage storage, string folder) : IDisposable
{
    private readonly List<DeltaNewFile> _files = [];
    private bool _isKept;

    public IReadOnlyList<DeltaNewFile> Files => _files;

    public void Add(DeltaNewFile file) => _files.Add(file);

    /// <summary>Leaves the files where they are: a commit names them.</summary>
    public void Keep() => _isKept = true;

    public void Dispose()
    {
        if (_isKept) return;
        foreach (var file in _files) storage.Delete($"{folder}/{file.Path}");
    }
}
