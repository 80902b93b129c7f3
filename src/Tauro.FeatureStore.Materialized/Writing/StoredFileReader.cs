using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>A data file of a snapshot that is read to be written anew, row group by row group.</summary>
internal sealed class StoredFileReader : IAsyncDisposable
{
    private readonly ParquetFileReader _reader;

    private StoredFileReader(DeltaFile file, ParquetFileReader reader) => (File, _reader) = (file, reader);

    /// <summary>What the snapshot says of it.</summary>
    public DeltaFile File { get; }

    public int RowGroupCount => _reader.RowGroupCount;

    public static async Task<StoredFileReader> OpenAsync(IFileStorage storage, string folder, DeltaFile file, CancellationToken cancellationToken) =>
        new(file, await ParquetFileReader.OpenAsync(storage.OpenRead($"{folder}/{file.Path}"), cancellationToken).ConfigureAwait(false));

    public int RowsIn(int rowGroup) => checked((int)_reader.RowsIn(rowGroup));

    public Task<IArrowArray> ReadAsync(int rowGroup, StoredColumn column, CancellationToken cancellationToken) =>
        _reader.ReadColumnAsync(rowGroup, column.Name, column.Type, cancellationToken);

    /// <summary>Some rows of a row group with all their columns, and after these the created time and the write sequence of each.</summary>
    public async Task<RecordBatch> TakeAsync(int rowGroup, ReadOnlyMemory<int> places, IReadOnlyList<StoredColumn> columns, CancellationToken cancellationToken)
    {
        var arrays = new List<IArrowArray>(columns.Count + 2);
        foreach (var column in columns)
        {
            using var stored = await ReadAsync(rowGroup, column, cancellationToken).ConfigureAwait(false);
            arrays.Add(ArrowTake.Take(stored, places.Span));
        }

        arrays.Add(await OriginsAsync(rowGroup, ParquetSource.CreatedTimeColumn, places, File.CreatedTimeMicros, growth: 0, cancellationToken).ConfigureAwait(false));
        var first = File.FirstSequence + RowsBefore(rowGroup);
        arrays.Add(await OriginsAsync(rowGroup, ParquetSource.SequenceColumn, places, first, growth: 1, cancellationToken).ConfigureAwait(false));
        return new RecordBatch(StoredSchema.Of(columns, mixesCommits: true), arrays, places.Length);
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private static void Fill(Span<long> values, ReadOnlySpan<int> places, long first, int growth)
    {
        for (var i = 0; i < values.Length; i++) values[i] = first + ((long)growth * places[i]);
    }

    private long RowsBefore(int rowGroup)
    {
        long rows = 0;
        for (var before = 0; before < rowGroup; before++) rows += _reader.RowsIn(before);
        return rows;
    }

    private async Task<IArrowArray> OriginsAsync(
        int rowGroup, string column, ReadOnlyMemory<int> places, long first, int growth, CancellationToken cancellationToken)
    {
        if (File.MixesCommits)
        {
            using var stored = await _reader.ReadColumnAsync(rowGroup, column, DataType.BigInt, cancellationToken).ConfigureAwait(false);
            return ArrowTake.Take(stored, places.Span);
        }

        var bytes = ArrowMemory.Allocate<long>(places.Length);
        Fill(ArrowMemory.As<long>(bytes), places.Span, first, growth);
        return new Int64Array(new ArrowBuffer(bytes), ArrowBuffer.Empty, places.Length, nullCount: 0, offset: 0);
    }
}
