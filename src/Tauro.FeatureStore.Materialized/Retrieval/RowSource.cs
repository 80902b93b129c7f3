using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The rows of a plan's source in chunks, in the order of their writing: a chunk is a row group of a file, or a batch of a table.</summary>
internal abstract class RowSource : IAsyncDisposable
{
    /// <summary>The chunks.</summary>
    public abstract IReadOnlyList<RowChunk> Chunks { get; }

    /// <summary>Whether rows of several commits stand in one chunk, so that the order of the places is not that of the writing.</summary>
    public bool MixesCommits => Chunks.Any(chunk => chunk.MixesCommits);

    /// <summary>The values of one column in one chunk, in the canonical type of the column; nulls where the chunk lacks it.</summary>
    public abstract Task<IArrowArray> ReadAsync(int chunk, PlanColumn column, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens a source.</summary>
    public static async Task<RowSource> OpenAsync(PlanSource source, CancellationToken cancellationToken) => source switch
    {
        ParquetSource parquet => await ParquetRowSource.OpenAsync(parquet, cancellationToken).ConfigureAwait(false),
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

    public override Task<IArrowArray> ReadAsync(int chunk, PlanColumn column, CancellationToken cancellationToken) =>
        Task.FromResult(table.HasColumn(column.Name)
            ? ArrowConvert.ToCanonical(table.Batches[chunk].Column(table.PositionOf(column.Name)), column.Type)
            : ArrowMemory.Nulls(ArrowTypes.ToArrow(column.Type), table.Batches[chunk].Length));

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
