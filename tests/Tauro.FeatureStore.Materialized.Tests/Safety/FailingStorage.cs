using System.Runtime.CompilerServices;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>
/// Storage of which one operation fails: before it does anything, after half of its bytes, or after it has done all; or in which the process dies. Each write to a
/// file that it opened is an operation, too.
/// </summary>
internal sealed class FailingStorage(IFileStorage inner) : IFileStorage
{
    private int _calls;

    /// <summary>Which operation fails, counted from one; zero for none.</summary>
    public int FailAt { get; set; }

    public Failure Kind { get; set; }

    /// <summary>The operation that failed; null where none did.</summary>
    public string? Failed { get; private set; }

    /// <summary>Whether the process is dead: nothing that it would do to files after, clean-up included, is done.</summary>
    public bool IsDead { get; set; }

    public string Root => inner.Root;

    public void Restart(int failAt, Failure kind) => (_calls, FailAt, Kind, Failed, IsDead) = (0, failAt, kind, null, false);

    public string FullPath(string path) => inner.FullPath(path);

    public bool Exists(string path) => Run(() => inner.Exists(path));

    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) => RunAsync(() => inner.ReadAsync(path, cancellationToken));

    public Task<bool> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        RunAsync(() => inner.TryCreateAsync(path, content, cancellationToken), half: () => TearTemporary(path, content));

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        await inner.ReplaceAsync(path, content, cancellationToken);
        return true;
    }, half: () => TearTemporary(path, content));

    public FileStream Create(string path) => Run(() =>
    {
        inner.Create(path).Dispose();
        return new TearingFile(this, inner.FullPath(path));
    }, undo: file =>
    {
        file.Dispose();
        inner.Delete(path);
    });

    public Task CompleteAsync(FileStream file, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        await inner.CompleteAsync(file, cancellationToken);
        return true;
    }, half: () =>
    {
        file.Flush();
        file.SetLength(file.Length / 2);
    });

    public FileStream OpenRead(string path) => Run(() => inner.OpenRead(path), undo: file => file.Dispose());

    public IReadOnlyList<StoredFile> List(string folder) => Run(() => inner.List(folder));

    public IReadOnlyList<string> ListFolders(string folder) => Run(() => inner.ListFolders(folder));

    public IReadOnlyList<string> ListNames(string folder) => Run(() => inner.ListNames(folder));

    public IReadOnlyList<StoredFile> ListAll(string folder) => Run(() => inner.ListAll(folder));

    public void Keep(string path) => Run(() =>
    {
        inner.Keep(path);
        return true;
    });

    public void Delete(string path)
    {
        if (IsDead) return;
        Run(() =>
        {
            inner.Delete(path);
            return true;
        });
    }

    public void DeleteFolder(string path)
    {
        if (IsDead) return;
        Run(() =>
        {
            inner.DeleteFolder(path);
            return true;
        });
    }

    /// <summary>Content goes to a file beside and gets its name when it is whole; what is torn is that file.</summary>
    private void TearTemporary(string path, ReadOnlyMemory<byte> content)
    {
        var target = FullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (Kind == Failure.Death) File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():n}.tmp"), content[..(content.Length / 2)].ToArray());
    }

    private T Run<T>(Func<T> operation, Action? half = null, Action<T>? undo = null, [CallerMemberName] string name = "")
    {
        var fails = Fails(name);
        if (fails && Kind is Failure.Torn or Failure.Death) half?.Invoke();
        if (fails && Kind != Failure.After) throw MakeFailure();
        var result = operation();
        if (!fails) return result;
        undo?.Invoke(result);
        throw MakeFailure();
    }

    private async Task<T> RunAsync<T>(Func<Task<T>> operation, Action? half = null, [CallerMemberName] string name = "")
    {
        var fails = Fails(name);
        if (fails && Kind is Failure.Torn or Failure.Death) half?.Invoke();
        if (fails && Kind != Failure.After) throw MakeFailure();
        var result = await operation();
        return fails ? throw MakeFailure() : result;
    }

    private bool Fails(string name)
    {
        if (IsDead) throw new IOException("The process is dead.");
        if (Interlocked.Increment(ref _calls) != FailAt) return false;
        Failed = name;
        return true;
    }

    private Exception MakeFailure()
    {
        IsDead = Kind == Failure.Death;
        return Kind == Failure.Denied ? new UnauthorizedAccessException("Permission denied.") : new IOException("No space left on device.");
    }

    /// <summary>A file of which a write may fail, with half of its bytes on the disk.</summary>
    private sealed class TearingFile(FailingStorage storage, string path) : FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fails = storage.Fails(nameof(Write));
            if (fails && storage.Kind != Failure.After) buffer = buffer[..(buffer.Length / 2)];
            RandomAccess.Write(SafeFileHandle, buffer, Position); // Of a class that is derived from it, FileStream calls the overloads below.
            Position += buffer.Length;
            if (fails) throw storage.MakeFailure();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}

internal enum Failure
{
    /// <summary>The operation does nothing.</summary>
    Before,

    /// <summary>The operation does nothing, for want of a right.</summary>
    Denied,

    /// <summary>The operation does all and fails.</summary>
    After,

    /// <summary>A write stores half of its bytes and fails.</summary>
    Torn,

    /// <summary>A write stores half of its bytes, and the process dies.</summary>
    Death,
}
