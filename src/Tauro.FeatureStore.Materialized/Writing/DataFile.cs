using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>A data file while it is written. It counts only when a commit names it; disposed before it is whole, it leaves nothing behind.</summary>
internal sealed class DataFile : IAsyncDisposable
{
    private readonly IFileStorage _storage;
    private readonly string _path;
    private readonly string _name;
    private readonly IReadOnlyList<StoredColumn> _columns;
    private readonly bool _mixesCommits;
    private readonly FileStream _stream;
    private readonly ParquetFileWriter _writer;
    private bool _isWhole;

    private DataFile(
        IFileStorage storage, string folder, string name, IReadOnlyList<StoredColumn> columns, bool mixesCommits, FileStream stream, ParquetFileWriter writer)
    {
        (_storage, _name, _columns, _mixesCommits, _stream, _writer) = (storage, name, columns, mixesCommits, stream, writer);
        _path = $"{folder}/{name}";
    }

    /// <summary>Begins a file of the stored columns; one that mixes commits has the created time and the write sequence of each row after them.</summary>
    public static async Task<DataFile> CreateAsync(
        IFileStorage storage, string folder, IReadOnlyList<StoredColumn> columns, bool mixesCommits, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"part-{Guid.NewGuid():n}.snappy.parquet");
        var stream = storage.Create($"{folder}/{name}");
        try
        {
            var writer = await ParquetFileWriter.CreateAsync(stream, StoredSchema.ToParquet(columns, mixesCommits), cancellationToken).ConfigureAwait(false);
            return new DataFile(storage, folder, name, columns, mixesCommits, stream, writer);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            storage.Delete($"{folder}/{name}");
            throw;
        }
    }

    /// <summary>Writes rows as one row group.</summary>
    public Task AddAsync(RecordBatch rows, CancellationToken cancellationToken) => _writer.WriteAsync(rows, cancellationToken);

    /// <summary>Makes the file whole and durable.</summary>
    /// <param name="run">The sorted run that it is a piece of, or null.</param>
    /// <param name="cancellationToken">Stops the work; the file is then taken back.</param>
    public async Task<DeltaNewFile> CompleteAsync(string? run, CancellationToken cancellationToken)
    {
        var statistics = await _writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        await _storage.CompleteAsync(_stream, cancellationToken).ConfigureAwait(false);
        _isWhole = true;
        return new DeltaNewFile(_name, statistics.ByteCount, statistics.RowCount, FileStatistics.ToDelta(statistics, _columns)) { MixesCommits = _mixesCommits, Run = run };
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        if (!_isWhole) _storage.Delete(_path);
    }
}
