using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Writes Arrow batches to a Parquet file, one row group each, compressed with Snappy. The pages and the footer are our own: Parquet.Net's writer gets
/// statistics wrong (a NaN, microseconds, the order of strings), cannot write required lists, and copies what need not be copied.
/// </summary>
/// <remarks>The stream stays open: only its owner knows how to make the file durable. A file counts once <see cref="CompleteAsync"/> has returned.</remarks>
internal sealed class ParquetFileWriter : IAsyncDisposable
{
    private readonly IReadOnlyList<ParquetColumn> _columns;
    private readonly ParquetNode[] _nodes;
    private readonly ColumnSummary[] _summaries;
    private readonly List<RowGroupChunks> _rowGroups = [];
    private readonly PageWriter _pages;
    private bool _closed;

    private ParquetFileWriter(Stream output, IReadOnlyList<ParquetColumn> columns)
    {
        _columns = columns;
        _nodes = [.. columns.Select(ParquetWriteSchema.Of)];
        _summaries = [.. columns.Select(_ => new ColumnSummary())];
        _pages = new PageWriter(output);
    }

    /// <summary>Begins a file.</summary>
    /// <param name="output">Where it goes, from the current position on, which must be the file's beginning.</param>
    /// <param name="columns">At least one, in the order of every batch.</param>
    /// <param name="cancellationToken">Stops the writing; the file is then of no use.</param>
    public static async Task<ParquetFileWriter> CreateAsync(Stream output, IReadOnlyList<ParquetColumn> columns, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count);
        var writer = new ParquetFileWriter(output, columns);
        await writer._pages.WriteAsync(ParquetFooter.Magic, cancellationToken).ConfigureAwait(false);
        return writer;
    }

    /// <summary>Writes a batch as one row group; one without rows is left out, since Parquet has no use for it.</summary>
    public async Task WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        for (var index = 0; index < _columns.Count; index++) ArrowLayout.Check(_columns[index], batch, index);
        if (batch.Length == 0) return;

        // A failure halfway leaves a file that must not be completed.
        _closed = true;
        var chunks = new List<ColumnChunk>();
        for (var index = 0; index < _columns.Count; index++)
        {
            var column = _columns[index];
            var data = batch.Column(index).Data;
            foreach (var leaf in ColumnShredder.Shred(column, _nodes[index], data))
            {
                var values = LeafValues.Of(column, leaf);
                var chunk = await _pages.WriteAsync(leaf, values, !column.Type.IsNested, cancellationToken).ConfigureAwait(false);
                chunks.Add(chunk);
                if (!column.Type.IsNested) _summaries[index].Add(chunk.NullCount, values.Count, chunk.Bounds);
            }

            if (column.Type.IsNested) _summaries[index].Add(data.GetNullCount(), 0, null);
        }

        _rowGroups.Add(new RowGroupChunks(batch.Length, chunks));
        _closed = false;
    }

    /// <summary>Writes the footer, after which the file is whole.</summary>
    public async Task<ParquetFileStatistics> CompleteAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _closed = true;
        var rowGroups = await PageIndexWriter.WriteAsync(_pages, _rowGroups, cancellationToken).ConfigureAwait(false);
        await _pages.WriteAsync(ParquetFooter.Write(_nodes, rowGroups), cancellationToken).ConfigureAwait(false);
        return new ParquetFileStatistics(
            _rowGroups.Sum(group => group.RowCount),
            _pages.Position,
            [.. _summaries.Select((summary, index) => summary.ToStatistics(_columns[index].Name))]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _closed = true;
        return ValueTask.CompletedTask;
    }
}
