namespace Tauro.FeatureStore.Materialized;

/// <summary>Deletes data files that no snapshot within the retention has, and what crashed writers left behind.</summary>
internal sealed class Vacuum(GroupFolder folder)
{
    private const string DataExtension = ".parquet";

    /// <summary>Deletes, and says how many files of how many bytes.</summary>
    /// <param name="snapshot">The newest snapshot.</param>
    /// <param name="keepSince">Files that were removed from the table after that moment stay, and files that no commit names and that are younger.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public (int Files, long Bytes) Run(DeltaSnapshot snapshot, DateTimeOffset keepSince, CancellationToken cancellationToken)
    {
        var (files, bytes) = (0, 0L);
        var data = folder.Storage.List(folder.Path).Where(file => file.Name.EndsWith(DataExtension, StringComparison.Ordinal) && !IsNeeded(snapshot, file, keepSince))
            .Select(file => (Path: $"{folder.Path}/{file.Name}", file.Size));
        var temporary = new[] { folder.Path, $"{folder.Path}/{DeltaFileName.Folder}" }.SelectMany(place => folder.Storage.List(place)
            .Where(file => file.Name.EndsWith(ScratchFile.Extension, StringComparison.Ordinal) && file.Modified < keepSince)
            .Select(file => (Path: $"{place}/{file.Name}", file.Size)));
        foreach (var (path, size) in data.Concat(temporary))
        {
            cancellationToken.ThrowIfCancellationRequested();
            folder.Storage.Delete(path);
            (files, bytes) = (files + 1, bytes + size);
        }

        foreach (var name in EngineFiles.Folders(folder)) RunEngineFolder(name);
        return (files, bytes);

        // What an engine wrote lies in a folder of the write, with files of the engine's own beside it while it is at work.
        void RunEngineFolder(string name)
        {
            var path = $"{folder.Path}/{name}";
            var all = folder.Storage.ListAll(path);
            StoredFile[] goes = [.. all.Where(file => !IsNeeded(snapshot, file with { Name = $"{name}/{file.Name}" }, keepSince))];
            foreach (var file in goes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                folder.Storage.Delete($"{path}/{file.Name}");
                (files, bytes) = (files + 1, bytes + file.Size);
            }

            if (goes.Length == all.Count) folder.Storage.DeleteFolder(path);
        }
    }

    /// <summary>A file that is in no commit may be that of a writer at work, so its age counts; of a removed file, the moment of its removal does.</summary>
    private static bool IsNeeded(DeltaSnapshot snapshot, StoredFile file, DateTimeOffset keepSince) =>
        snapshot.FilesByPath.ContainsKey(file.Name)
        || (snapshot.Tombstones.TryGetValue(file.Name, out var removed)
            ? removed.DeletionTimestamp is not { } millis || millis >= keepSince.ToUnixTimeMilliseconds()
            : file.Modified >= keepSince);
}
