using System.Globalization;
using System.Runtime.CompilerServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Rows that a write puts aside until it has seen all others. No commit names the file and it is not Parquet, so no reader takes it for data. It is deleted when the
/// write is done with it; one that a crashed writer left goes with a vacuum.
/// </summary>
internal sealed class ScratchFile : IDisposable
{
    /// <summary>The end of the names of files that hold nothing of the table.</summary>
    public const string Extension = ".tmp";

    private readonly IFileStorage _storage;
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly ArrowStreamWriter _writer;

    private ScratchFile(IFileStorage storage, string path, FileStream stream, Schema schema) =>
        (_storage, _path, _stream, _writer) = (storage, path, stream, new ArrowStreamWriter(stream, schema, leaveOpen: true));

    /// <summary>The rows put aside.</summary>
    public long Rows { get; private set; }

    /// <summary>The bytes that they take.</summary>
    public long Bytes => _stream.Length;

    public static ScratchFile Create(IFileStorage storage, string folder, Schema schema)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{folder}/.scratch-{Guid.NewGuid():n}{Extension}");
        return new ScratchFile(storage, path, storage.Create(path), schema);
    }

    public async Task AddAsync(RecordBatch rows, CancellationToken cancellationToken)
    {
        await _writer.WriteRecordBatchAsync(rows, cancellationToken).ConfigureAwait(false);
        Rows += rows.Length;
    }

    /// <summary>All rows in the order of their coming, in batches that the caller disposes. No more can be added after.</summary>
    public async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _writer.WriteEndAsync(cancellationToken).ConfigureAwait(false);
        _stream.Position = 0;
        using var reader = new ArrowStreamReader(_stream, leaveOpen: true);
        while (await reader.ReadNextRecordBatchAsync(cancellationToken).ConfigureAwait(false) is { } batch) yield return batch;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _stream.Dispose();
        _storage.Delete(_path);
    }
}
