using System.Globalization;
using Parquet;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>A folder that Spark has written, as this process sees it.</summary>
internal sealed class WrittenFolder(string path)
{
    private const string Extension = ".parquet";

    private static readonly TimeSpan PatienceWithTasks = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The files with rows, in their order; everything else that is in the folder is deleted, such as check sums and files of tasks without rows.</summary>
    public async Task<IReadOnlyList<PlanFile>> TakeAsync(CancellationToken cancellationToken)
    {
        var files = new List<PlanFile>();
        if (!Directory.Exists(path)) return files;
        foreach (var file in Directory.GetFiles(path))
        {
            var rows = file.EndsWith(Extension, StringComparison.Ordinal) ? await CountAsync(file, cancellationToken).ConfigureAwait(false) : 0;
            if (rows == 0) File.Delete(file);
            else files.Add(new PlanFile(Path.GetFileName(file), rows));
        }

        if (files.Count == 0) Directory.Delete(path, recursive: true);
        // A task numbers its files with three digits, and more where it needs them.
        return [.. files.OrderBy(file => file.Name.Length).ThenBy(file => file.Name, StringComparer.Ordinal)];
    }

    /// <summary>Deletes the folder. Tasks that were stopped may write for a moment still, and make it anew; who is later than that leaves files that no commit names.</summary>
    public async Task DeleteAsync(TimeProvider clock)
    {
        var (start, quiet) = (clock.GetTimestamp(), 0);
        while (quiet < 3 && clock.GetElapsedTime(start) < PatienceWithTasks)
        {
            quiet = Delete() ? 0 : quiet + 1;
            await Task.Delay(Pause, clock).ConfigureAwait(false);
        }
    }

    private bool Delete()
    {
        if (!Directory.Exists(path)) return false;
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A task has put a file there in this moment, and the next round takes it; or Spark's user does not let others delete. A vacuum finds what stays.
        }

        return true;
    }

    private static async Task<long> CountAsync(string file, CancellationToken cancellationToken)
    {
        var reader = await ParquetReader.CreateAsync(file, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false)) return reader.Metadata!.NumRows;
    }
}
