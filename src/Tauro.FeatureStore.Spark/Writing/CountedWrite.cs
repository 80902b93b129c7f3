using System.Globalization;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>A write of files of which all are known to be where this process looks for them: files that are not would be rows that nobody misses.</summary>
internal sealed class CountedWrite(SparkSession session, SharedStorage shared)
{
    /// <summary>Writes the rows of a query to a new folder.</summary>
    /// <returns>The files, in the order of their rows.</returns>
    public async Task<IReadOnlyList<PlanFile>> RunAsync(string sql, SqlValues? values, string folder, int rowsPerFile, CancellationToken cancellationToken)
    {
        var count = await FileWriteCommand.RunAsync(session, sql, values, folder, rowsPerFile, cancellationToken).ConfigureAwait(false);
        var files = await new WrittenFolder(folder).TakeAsync(cancellationToken).ConfigureAwait(false);
        var found = files.Sum(file => file.Rows);
        if (count is null) await shared.ProveAsync(session, folder, cancellationToken).ConfigureAwait(false);
        else if (count != found) throw SharedStorage.NotShared(folder, string.Create(CultureInfo.InvariantCulture, $"Spark wrote {count} rows, and {found} of them are there"));
        return files;
    }
}
