namespace Tauro.FeatureStore;

/// <summary>Files under one folder of a local disk. No path leaves that folder.</summary>
internal sealed class LocalFileStorage : IFileStorage
{
    private const int BufferSize = 1 << 16;

    public LocalFileStorage(string root)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    }

    public string Root { get; }

    public string FullPath(string path)
    {
        if (path.Length == 0) return Root;
        foreach (var part in path.Split('/'))
            if (part.Length == 0 || part is "." or ".." || part.AsSpan().IndexOfAny('\\', ':', '\0') >= 0)
                throw new FeatureStoreException($"The path '{path}' is not a plain path under the store's root; it was refused.");
        return Path.Combine(Root, path.Replace('/', Path.DirectorySeparatorChar));
    }

    public bool Exists(string path) => File.Exists(FullPath(path));

    public async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(FullPath(path), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public async Task<bool> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var target = FullPath(path);
        if (File.Exists(target)) return false;
        var temporary = await WriteTemporaryAsync(target, content, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!DurableFile.TryPublish(temporary, target)) return false;
            DurableFile.FlushFolder(Path.GetDirectoryName(target)!);
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public async Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var target = FullPath(path);
        var temporary = await WriteTemporaryAsync(target, content, cancellationToken).ConfigureAwait(false);
        try
        {
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        DurableFile.FlushFolder(Path.GetDirectoryName(target)!);
    }

    public FileStream Create(string path)
    {
        var target = FullPath(path);
        DurableFile.CreateFolder(Path.GetDirectoryName(target)!);
        return new FileStream(target, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferSize, FileOptions.Asynchronous);
    }

    public async Task CompleteAsync(FileStream file, CancellationToken cancellationToken)
    {
        await file.FlushAsync(cancellationToken).ConfigureAwait(false);
        file.Flush(flushToDisk: true);
        var folder = Path.GetDirectoryName(file.Name)!;
        await file.DisposeAsync().ConfigureAwait(false);
        DurableFile.FlushFolder(folder);
    }

    public void Keep(string path)
    {
        var target = FullPath(path);
        using (var file = File.OpenHandle(target, access: OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read)) RandomAccess.FlushToDisk(file);
        for (var folder = Path.GetDirectoryName(target)!; folder.Length >= Root.Length; folder = Path.GetDirectoryName(folder)!) DurableFile.FlushFolder(folder);
    }

    public FileStream OpenRead(string path) =>
        new(FullPath(path), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferSize, FileOptions.RandomAccess);

    public IReadOnlyList<StoredFile> List(string folder) => List(folder, SearchOption.TopDirectoryOnly);

    public IReadOnlyList<StoredFile> ListAll(string folder) => List(folder, SearchOption.AllDirectories);

    public IReadOnlyList<string> ListNames(string folder)
    {
        var directory = FullPath(folder);
        return Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)] : [];
    }

    public IReadOnlyList<string> ListFolders(string folder)
    {
        var directory = new DirectoryInfo(FullPath(folder));
        return directory.Exists ? [.. directory.EnumerateDirectories().Select(child => child.Name).Order(StringComparer.Ordinal)] : [];
    }

    public void Delete(string path)
    {
        var target = FullPath(path);
        if (File.Exists(target)) File.Delete(target);
    }

    public void DeleteFolder(string path)
    {
        var target = FullPath(path);
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
    }

    private List<StoredFile> List(string folder, SearchOption depth)
    {
        var directory = new DirectoryInfo(FullPath(folder));
        return directory.Exists
            ? [.. directory.EnumerateFiles("*", depth)
                .Where(file => file.Exists) // Others' temporary files may go between the listing and the look at each; this keeps what that look saw.
                .Select(file => new StoredFile(NameOf(file), file.Length, file.LastWriteTimeUtc))
                .OrderBy(file => file.Name, StringComparer.Ordinal)]
            : [];

        string NameOf(FileInfo file) => depth == SearchOption.TopDirectoryOnly ? file.Name : Path.GetRelativePath(directory.FullName, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
    }

    private static async Task<string> WriteTemporaryAsync(string target, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(target)!;
        DurableFile.CreateFolder(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():n}.tmp");
        try
        {
            var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize, FileOptions.Asynchronous);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);
                await file.FlushAsync(cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        return temporary;
    }
}
