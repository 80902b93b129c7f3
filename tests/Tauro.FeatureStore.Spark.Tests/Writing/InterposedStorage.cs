namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Storage that does something when the first file of an engine is taken in, between its writing and the commit; or whose process dies then.</summary>
internal sealed class InterposedStorage(IFileStorage inner, Func<Task> act) : IFileStorage
{
    private bool _isDone;

    /// <summary>Whether the process dies there: nothing of it, clean-up included, is done any more.</summary>
    public bool Dies { get; init; }

    public string Root => inner.Root;

    public void Keep(string path)
    {
        if (!_isDone)
        {
            _isDone = true;
            if (Dies) throw new IOException("The process is dead.");
            act().GetAwaiter().GetResult();
        }

        inner.Keep(path);
    }

    public string FullPath(string path) => inner.FullPath(path);

    public bool Exists(string path) => inner.Exists(path);

    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) => inner.ReadAsync(path, cancellationToken);

    public Task<bool> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.TryCreateAsync(path, content, cancellationToken);

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.ReplaceAsync(path, content, cancellationToken);

    public FileStream Create(string path) => inner.Create(path);

    public Task CompleteAsync(FileStream file, CancellationToken cancellationToken) => inner.CompleteAsync(file, cancellationToken);

    public FileStream OpenRead(string path) => inner.OpenRead(path);

    public IReadOnlyList<StoredFile> List(string folder) => inner.List(folder);

    public IReadOnlyList<StoredFile> ListAll(string folder) => inner.ListAll(folder);

    public IReadOnlyList<string> ListNames(string folder) => inner.ListNames(folder);

    public IReadOnlyList<string> ListFolders(string folder) => inner.ListFolders(folder);

    public void Delete(string path)
    {
        if (!(Dies && _isDone)) inner.Delete(path);
    }

    public void DeleteFolder(string path)
    {
        if (!(Dies && _isDone)) inner.DeleteFolder(path);
    }
}
