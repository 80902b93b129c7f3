using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// The rows of a plan's source in chunks, in the order of their writing: a chunk is a row group of a file, or a batch of a table. Any number of threads may
/// read at once.
/// </summary>
internal abstract class RowSource : IAsyncDisposable
{
    /// <summary>The chunks.</summary>
    public abstract IReadOnlyList<RowChunk> Chunks { get; }

    /// <summary>Whether rows of several commits stand in one chunk, so that the order of the places is not that of the writing.</summary>
    public bool MixesCommits => Chunks.Any(chunk => chunk.MixesCommits);

    /// <summary>Whether something was decoded from files; what a cache holds was not.</summary>
    public virtual bool ReadsFiles => false;

    /// <summary>How many rows are best read at once: few enough that a piece for each processor is little memory.</summary>
    public virtual int RowsPerPiece => 1 << 18;

    /// <summary>The rows of a chunk that may pass all filters, in order: none that may is left out.</summary>
    public virtual IReadOnlyList<RowRange> Find(int chunk, IReadOnlyList<ColumnFilter> filters) => [new RowRange(0, Chunks[chunk].Rows)];

    /// <summary>Bounds of a column of whole numbers, dates or timestamps in a chunk; false where nothing is known.</summary>
    public virtual bool TryGetBounds(int chunk, PlanColumn column, out long min, out long max)
    {
        (min, max) = (0, 0);
        return false;
    }

    /// <summary>The values of one column in some rows of one chunk, in the canonical type of the column; nulls where the chunk lacks it.</summary>
    public abstract ValueTask<IArrowArray> ReadAsync(int chunk, PlanColumn column, RowRange range, CancellationToken cancellationToken);

    /// <summary>The values of one column in one chunk.</summary>
    public ValueTask<IArrowArray> ReadAsync(int chunk, PlanColumn column, CancellationToken cancellationToken) =>
        ReadAsync(chunk, column, new RowRange(0, Chunks[chunk].Rows), cancellationToken);

    /// <summary>Hands single rows of a column over without making an array of the others; false where the source cannot, and nothing that it did counts.</summary>
    public virtual bool TryScatter(int chunk, PlanColumn column, ReadOnlySpan<WantedRow> wanted, ScatterTarget target, CancellationToken cancellationToken) => false;

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens a source, whose decoded columns are kept in a cache if there is one.</summary>
    public static async Task<RowSource> OpenAsync(PlanSource source, ReadCache? cache, CancellationToken cancellationToken) => source switch
    {
        ParquetSource parquet => await ParquetRowSource.OpenAsync(parquet, cache, cancellationToken).ConfigureAwait(false),
        TableSource table => new TableRowSource(table.Table),
        _ => throw new ArgumentException($"The managed executor does not read a {source.GetType().Name}.", nameof(source)),
    };
}

/// <summary>One chunk of a source.</summary>
/// <param name="Rows">The number of its rows.</param>
/// <param name="CreatedTime">The created time of all its rows, where no column holds it.</param>
/// <param name="FirstSequence">The write sequence of its first row, where no column holds it.</param>
/// <param name="MixesCommits">Whether two columns of the chunk hold the created time and the write sequence of each row.</param>
internal readonly record struct RowChunk(int Rows, long CreatedTime, long FirstSequence = 0, bool MixesCommits = false);

/// <summary>A table in memory, whose rows were known from the beginning.</summary>
internal sealed class TableRowSource(FeatureTable table) : RowSource
{
    public override IReadOnlyList<RowChunk> Chunks { get; } = Number(table);

    public override ValueTask<IArrowArray> ReadAsync(int chunk, PlanColumn column, RowRange range, CancellationToken cancellationToken)
    {
        if (!table.HasColumn(column.Name)) return new(ArrowMemory.Nulls(ArrowTypes.ToArrow(column.Type), range.Count));
        using var rows = ArrowArrayFactory.SliceShared(table.Batches[chunk].Column(table.PositionOf(column.Name)), range.From, range.Count);
        return new(ArrowConvert.ToCanonical(rows, column.Type));
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static List<RowChunk> Number(FeatureTable table)
    {
        var chunks = new List<RowChunk>(table.Batches.Count);
        long first = 0;
        foreach (var batch in table.Batches)
        {
            chunks.Add(new RowChunk(batch.Length, long.MinValue, first));
            first += batch.Length;
        }

        return chunks;
    }
}
