namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>Counts what a log asks of its storage, and can lose the answer to a creation, as a network does.</summary>
internal sealed class CountingStorage(IFileStorage inner) : IFileStorage
{
    public List<string> Calls { get; } = [];

    public bool LosesAnswers { get; set; }

    public string Root => inner.Root;

    public string FullPath(string path) => inner.FullPath(path);

    public bool Exists(string path) => Count("exists", path).Exists(path);

    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) => Count("read", path).ReadAsync(path, cancellationToken);

    public async Task<bool> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await Count("create", path).TryCreateAsync(path, content, cancellationToken) && !LosesAnswers;

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Count("replace", path).ReplaceAsync(path, content, cancellationToken);

    public FileStream Create(string path) => Count("create", path).Create(path);

    public Task CompleteAsync(FileStream file, CancellationToken cancellationToken) => inner.CompleteAsync(file, cancellationToken);

    public FileStream OpenRead(string path) => Count("open", path).OpenRead(path);

    public IReadOnlyList<StoredFile> List(string folder) => Count("list", folder).List(folder);

    public IReadOnlyList<string> ListFolders(string folder) => Count("list", folder).ListFolders(folder);

    public IReadOnlyList<string> ListNames(string folder) => Count("list", folder).ListNames(folder);

    public IReadOnlyList<StoredFile> ListAll(string folder) => Count("list", folder).ListAll(folder);

    public void Keep(string path) => Count("keep", path).Keep(path);

    public void Delete(string path) => Count("delete", path).Delete(path);

    public void DeleteFolder(string path) => Count("delete", path).DeleteFolder(path);

    private IFileStorage Count(string call, string path)
    {
        Calls.Add($"{call} {Path.GetFileName(path)}");
        return inner;
    }
}
