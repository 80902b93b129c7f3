using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Writes checked rows to data files of a table. Rows are collected until there are as many as may be sorted at once; those are sorted by key and event time and
/// written as several files of disjoint ranges, so that a later merge need not touch all of them.
/// </summary>
internal sealed class SortedFileWriter(IFileStorage storage, string folder, FeatureGroupSchema schema, IReadOnlyList<StoredColumn> columns, NewFiles files) : IDisposable
{
    /// <summary>The rows that are sorted at once where they are in memory anyway.</summary>
    public const int RowsInMemory = 1 << 24;

    /// <summary>The rows that are sorted at once where they come as a stream.</summary>
    public const int RowsOfStream = 1 << 22;

    /// <summary>The rows of a file at most: one in twenty of ten million, which is what a merge of one key range rewrites.</summary>
    public const int RowsPerFile = 1 << 19;

    private const int LeastRowsPerFile = 1 << 13;

    /// <summary>The memory of one file's rows, which bounds the rows of a file where they are wide.</summary>
    private const long BytesPerFile = 1L << 28;

    /// <summary>An Arrow array of texts ends at two gigabytes.</summary>
    public const long BytesAtOnce = 1L << 30;

    private readonly List<RecordBatch> _batches = [];
    private long _rows;
    private long _bytes;

    /// <summary>How many rows are sorted at once.</summary>
    public int RowsAtOnce { get; init; } = RowsInMemory;

    /// <summary>How many rows a file has at most.</summary>
    public int MaxRowsPerFile { get; init; } = RowsPerFile;

    /// <summary>Whether the rows are of several commits, and come with the created time and the write sequence of each.</summary>
    public bool MixesCommits { get; init; }

    /// <summary>The sorted run of all files, where rows come range by range; otherwise what is sorted at once is a run.</summary>
    public string? Run { get; init; }

    /// <summary>Takes rows over.</summary>
    public async Task AddAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        var bytes = ArrowMemory.SizeOfRows(batch);
        if (_batches.Count > 0 && (_rows + batch.Length > RowsAtOnce || _bytes + bytes > BytesAtOnce)) await FlushAsync(cancellationToken).ConfigureAwait(false);
        _batches.Add(batch);
        _rows += batch.Length;
        _bytes += bytes;
    }

    /// <summary>Writes the rows that are still in memory.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_rows > 0)
        {
            using var sorted = SortedRows.Of(_batches, schema, columns, MixesCommits);
            var rowsPerFile = (int)Math.Clamp(BytesPerFile / Math.Max(1, _bytes / _rows), Math.Min(LeastRowsPerFile, MaxRowsPerFile), MaxRowsPerFile);
            await WriteAsync(sorted, rowsPerFile, cancellationToken).ConfigureAwait(false);
        }

        Dispose();
    }

    public void Dispose()
    {
        foreach (var batch in _batches) batch.Dispose();
        _batches.Clear();
        (_rows, _bytes) = (0, 0);
    }

    private async Task WriteAsync(SortedRows sorted, int rowsPerFile, CancellationToken cancellationToken)
    {
        var written = new DeltaNewFile?[(sorted.Count + rowsPerFile - 1) / rowsPerFile];
        var run = Run ?? Guid.NewGuid().ToString("n");
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, written.Length), options, async (i, token) =>
            {
                var start = i * rowsPerFile;
                using var rows = sorted.Slice(start, Math.Min(rowsPerFile, sorted.Count - start));
                var file = await DataFile.CreateAsync(storage, folder, columns, MixesCommits, token).ConfigureAwait(false);
                await using var opened = file.ConfigureAwait(false);
                await file.AddAsync(rows, token).ConfigureAwait(false);
                written[i] = await file.CompleteAsync(run, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        finally
        {
            foreach (var file in written)
                if (file is not null) files.Add(file);
        }
    }
}
