namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Brings the rows of overlapping and small files into sorted files of one size. Every row keeps its created time and its write sequence, so no answer changes.
/// </summary>
internal sealed class Compaction(GroupFolder folder, FeatureGroupSchema schema, int rowsPerFile)
{
    /// <summary>Compacts a snapshot's files, one commit for each cluster of them, and returns the newest snapshot.</summary>
    public async Task<DeltaSnapshot> RunAsync(DeltaSnapshot start, CancellationToken cancellationToken)
    {
        if (!DeltaFeatures.IsOurs(start.Protocol)) throw folder.Log.Table.Unsupported("another program made it; compact it with that program.");
        var columns = StoredColumns(start);
        var newest = start;
        foreach (var cluster in FileClusters.Find(start, columns[0].Name, rowsPerFile))
            newest = await CompactAsync(newest, cluster, columns, cancellationToken).ConfigureAwait(false);
        return newest;
    }

    private async Task<DeltaSnapshot> CompactAsync(
        DeltaSnapshot start, IReadOnlyList<DeltaFile> cluster, IReadOnlyList<StoredColumn> columns, CancellationToken cancellationToken)
    {
        using var files = new NewFiles(folder.Storage, folder.Path);
        using var writer = new SortedFileWriter(folder.Storage, folder.Path, schema, columns, files)
        {
            RowsAtOnce = int.MaxValue,
            MaxRowsPerFile = rowsPerFile,
            MixesCommits = true,
            Run = Guid.NewGuid().ToString("n"),
        };
        foreach (var range in KeyRange.Split(cluster, start.Schema, columns[0], SortedFileWriter.RowsInMemory))
        {
            foreach (var file in cluster.Where(file => range.MayHold(file, start.Schema)))
                await ReadAsync(file, range, columns, writer, cancellationToken).ConfigureAwait(false);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        var transaction = folder.Log.Begin(start, "OPTIMIZE", DeltaDependency.ReplacedFiles, onlyRearranges: true);
        foreach (var file in cluster) transaction.Remove(file);
        return (await files.CommitAsync(transaction, cancellationToken).ConfigureAwait(false)).Snapshot;
    }

    private async Task ReadAsync(DeltaFile file, KeyRange range, IReadOnlyList<StoredColumn> columns, SortedFileWriter writer, CancellationToken cancellationToken)
    {
        var reader = await StoredFileReader.OpenAsync(folder.Storage, folder.Path, file, cancellationToken).ConfigureAwait(false);
        await using var opened = reader.ConfigureAwait(false);
        for (var rowGroup = 0; rowGroup < reader.RowGroupCount; rowGroup++)
        {
            int[] places;
            using (var keys = await reader.ReadAsync(rowGroup, columns[0], cancellationToken).ConfigureAwait(false)) places = range.PlacesIn(keys);
            if (places.Length > 0)
                await writer.AddAsync(await reader.TakeAsync(rowGroup, places, columns, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The columns as the table has them, whatever the registry has learned since.</summary>
    private IReadOnlyList<StoredColumn> StoredColumns(DeltaSnapshot snapshot) =>
        [.. StoredColumn.All(schema, GroupTable.StoredKeyTypes(schema, snapshot)!)
            .Where(column => snapshot.Schema.Find(column.Name) is not null)
            .Select(column => column with { Nullable = snapshot.Schema.Find(column.Name)!.Nullable })];
}
