namespace Tauro.FeatureStore;

/// <summary>
/// The few operations that tables and the registry need of the place where their files lie: what a local disk and an object store both have.
/// Paths are relative to the root, with forward slashes.
/// </summary>
internal interface IFileStorage
{
    /// <summary>Where the root is, for messages and for engines that read files themselves.</summary>
    string Root { get; }

    /// <summary>The path by which an engine on this machine opens the file.</summary>
    string FullPath(string path);

    /// <summary>Whether the file exists.</summary>
    bool Exists(string path);

    /// <summary>The file's content, or null where there is no such file.</summary>
    Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Creates the file with that content, whole and durable before this returns, unless a file of that name exists. Of several callers exactly one
    /// gets true.
    /// </summary>
    Task<bool> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Creates the file or replaces it, in one step: a reader sees the old content or the new one.</summary>
    Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Opens a new file for writing. It counts as written after <see cref="CompleteAsync"/>.</summary>
    FileStream Create(string path);

    /// <summary>Makes a file that <see cref="Create"/> opened durable, with its name, and closes it.</summary>
    Task CompleteAsync(FileStream file, CancellationToken cancellationToken);

    /// <summary>Makes a file that another program wrote durable, with its name.</summary>
    void Keep(string path);

    /// <summary>Opens a file for reading.</summary>
    FileStream OpenRead(string path);

    /// <summary>The files directly in a folder, sorted by name; none where there is no such folder.</summary>
    IReadOnlyList<StoredFile> List(string folder);

    /// <summary>The names of the files directly in a folder, sorted; none where there is no such folder. Cheaper than <see cref="List"/>.</summary>
    IReadOnlyList<string> ListNames(string folder);

    /// <summary>The names of the folders directly in a folder, sorted; none where there is no such folder.</summary>
    IReadOnlyList<string> ListFolders(string folder);

    /// <summary>The files in a folder and in all folders within it, by their paths from there, sorted; none where there is no such folder.</summary>
    IReadOnlyList<StoredFile> ListAll(string folder);

    /// <summary>Deletes the file where it exists.</summary>
    void Delete(string path);

    /// <summary>Deletes the folder with all that is in it, where it exists.</summary>
    void DeleteFolder(string path);
}

/// <summary>One file of a listing.</summary>
/// <param name="Name">The name within the folder that was listed.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="Modified">When it was last written.</param>
internal sealed record StoredFile(string Name, long Size, DateTimeOffset Modified);
