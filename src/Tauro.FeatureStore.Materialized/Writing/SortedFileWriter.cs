using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Writes checked rows to data files of a table, sorted by key and event time. The files count only when a commit names them.</summary>
internal sealed class SortedFileWriter(IFileStorage storage, string folder, FeatureGroupSchema schema, IReadOnlyList<StoredColumn> columns)
{
    /// <summary>The rows of one file at most: what can be sorted in memory at once.</summary>
    private const int RowsPerFile = 1 << 24;

    private const int RowsPerGroup = 1 << 20;

    /// <summary>Writes the rows, and returns the files in the order of the rows' coming.</summary>
    public async Task<IReadOnlyList<DeltaNewFile>> WriteAsync(IReadOnlyList<RecordBatch> batches, CancellationToken cancellationToken)
    {
        var files = new List<DeltaNewFile>();
        try
        {
            foreach (var part in Split(batches))
            {
                using var sorted = Sort(part);
                files.Add(await WriteFileAsync(sorted, cancellationToken).ConfigureAwait(false));
            }

            return files;
        }
        catch
        {
            Delete(files);
            throw;
        }
    }

    /// <summary>Takes back files that no commit names.</summary>
    public void Delete(IEnumerable<DeltaNewFile> files)
    {
        foreach (var file in files) storage.Delete($"{folder}/{file.Path}");
    }

    private static IEnumerable<List<RecordBatch>> Split(IReadOnlyList<RecordBatch> batches)
    {
        var part = new List<RecordBatch>();
        long rows = 0;
        foreach (var batch in batches)
        {
            if (rows + batch.Length > RowsPerFile && part.Count > 0)
            {
                yield return part;
                part = [];
                rows = 0;
            }

            part.Add(batch);
            rows += batch.Length;
        }

        if (rows > 0) yield return part;
    }

    private RecordBatch Sort(List<RecordBatch> batches)
    {
        var arrays = new IArrowArray[columns.Count];
        for (var i = 0; i < arrays.Length; i++)
            arrays[i] = ArrowTake.Concatenate([.. batches.Select(batch => batch.Column(i))], ArrowTypes.ToArrow(columns[i].Type));

        var keys = schema.EntityKeys.Count;
        var eventTime = schema.TimestampKey is null ? null : arrays[keys];
        var order = RowOrder.Find(arrays[..keys], [.. columns.Take(keys).Select(column => column.Type)], eventTime, schema.TimestampType, arrays[0].Length);
        var rows = arrays[0].Length;
        if (order is not null)
        {
            for (var i = 0; i < arrays.Length; i++)
            {
                using var unsorted = arrays[i];
                arrays[i] = ArrowTake.Take(unsorted, order);
            }
        }

        return new RecordBatch(batches[0].Schema, arrays, rows);
    }

    private async Task<DeltaNewFile> WriteFileAsync(RecordBatch rows, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"part-{Guid.NewGuid():n}.snappy.parquet");
        var path = $"{folder}/{name}";
        var stream = storage.Create(path);
        try
        {
            var writer = await ParquetFileWriter
                .CreateAsync(stream, [.. columns.Select(column => new ParquetColumn(column.Name, column.Type, column.Nullable))], cancellationToken).ConfigureAwait(false);
            await using var opened = writer.ConfigureAwait(false);
            for (var start = 0; start < rows.Length; start += RowsPerGroup)
            {
                using var group = rows.SliceShared(start, Math.Min(RowsPerGroup, rows.Length - start));
                await writer.WriteAsync(group, cancellationToken).ConfigureAwait(false);
            }

            var statistics = await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
            await storage.CompleteAsync(stream, cancellationToken).ConfigureAwait(false);
            return new DeltaNewFile(name, statistics.ByteCount, statistics.RowCount, FileStatistics.ToDelta(statistics, columns));
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            storage.Delete(path);
            throw;
        }
    }
}
