namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>Storage of which one operation fails: before it does anything, halfway, or after it has done all.</summary>
internal sealed class FailingStorage(IFileStorage inner) : IFileStorage
{
    private int _calls;

    /// <summary>Which operation fails, counted from one; zero for none.</summary>
    public int FailAt { get; set; }

    public Failure Kind { get; set; }

    /// <summary>Whether the failure has come.</summary>
    public bool HasFailed { get; private set; }

    public string Root => inner.Root;

    public void Restart(int failAt, Failure kind) => (_calls, FailAt, Kind, HasFailed) = (0, failAt, kind, false);

    public string FullPath(string path) => inner.FullPath(path);

    public bool Exists(string path) => Run(() => inner.Exists(path));

    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) => RunAsync(() => inner.ReadAsync(path, cancellationToken));

    public Task<bool> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        RunAsync(() => inner.TryCreateAsync(path, content, cancellationToken));

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        await inner.ReplaceAsync(path, content, cancellationToken);
        return true;
    });

    public FileStream Create(string path) => Run(() => inner.Create(path), half: file => file.Write("PAR1 and a part"u8), undo: file => file.Dispose());

    public Task CompleteAsync(FileStream file, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        await inner.CompleteAsync(file, cancellationToken);
        return true;
    });

    public FileStream OpenRead(string path) => Run(() => inner.OpenRead(path), undo: file => file.Dispose());

    public IReadOnlyList<StoredFile> List(string folder) => Run(() => inner.List(folder));

    public IReadOnlyList<string> ListFolders(string folder) => Run(() => inner.ListFolders(folder));

    public IReadOnlyList<string> ListNames(string folder) => Run(() => inner.ListNames(folder));

    public void Delete(string path) => Run(() =>
    {
        inner.Delete(path);
        return true;
    });

    private T Run<T>(Func<T> operation, Action<T>? half = null, Action<T>? undo = null)
    {
        var fails = Fails();
        if (fails && Kind != Failure.After) throw MakeFailure();
        var result = operation();
        if (!fails) return result;
        half?.Invoke(result);
        undo?.Invoke(result);
        throw MakeFailure();
    }

    private async Task<T> RunAsync<T>(Func<Task<T>> operation)
    {
        var fails = Fails();
        if (fails && Kind != Failure.After) throw MakeFailure();
        var result = await operation();
        return fails ? throw MakeFailure() : result;
    }

    private bool Fails() => Interlocked.Increment(ref _calls) == FailAt;

    private Exception MakeFailure()
    {
        HasFailed = true;
        return Kind == Failure.Denied ? new UnauthorizedAccessException("Permission denied.") : new IOException("No space left on device.");
    }
}

internal enum Failure
{
    Before,
    Denied,
    After,
}
