using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Google.Protobuf;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// Batches as the parts in which they travel to a server: Spark 3.5 reads only the first batch of an uploaded table, and no server takes a request above 128 MiB,
/// so a part is an Arrow stream of one batch, and small enough. Batches smaller than a part are put together.
/// </summary>
internal sealed class UploadParts(Schema schema, int bytesPerPart = UploadParts.DefaultBytes)
{
    private const int DefaultBytes = 32 << 20;
    private const int RowsPerPart = 1 << 20;
    private readonly long _mostBytes = 3L * bytesPerPart;

    /// <summary>The parts, at least one; columns of the batches are in the order of the schema. Batches stay the caller's.</summary>
    public async IAsyncEnumerable<ByteString> WriteAsync(IEnumerable<RecordBatch> batches)
    {
        var any = false;
        foreach (var part in Gather(batches))
        {
            using (part)
            {
                await foreach (var written in WriteSmallEnoughAsync(part).ConfigureAwait(false))
                {
                    any = true;
                    yield return written;
                }
            }
        }

        if (any) yield break;
        using var empty = new RecordBatch(schema, schema.FieldsList.Select(field => ArrowMemory.Nulls(field.DataType, 0)), 0);
        yield return await WriteAsync(empty).ConfigureAwait(false);
    }

    private IEnumerable<RecordBatch> Gather(IEnumerable<RecordBatch> batches)
    {
        var gathered = new List<RecordBatch>();
        long bytes = 0, rows = 0;
        foreach (var batch in batches)
        {
            var rowsThatFit = (int)Math.Clamp(bytesPerPart / Math.Max(1, Bytes(batch) / Math.Max(1, batch.Length)), 1, RowsPerPart);
            for (var start = 0; start < batch.Length; start += rowsThatFit)
            {
                var slice = batch.SliceShared(start, Math.Min(rowsThatFit, batch.Length - start));
                var sliceBytes = Bytes(slice);
                if (rows > 0 && (bytes + sliceBytes > bytesPerPart || rows + slice.Length > RowsPerPart))
                {
                    yield return Concatenate(gathered);
                    (bytes, rows) = (0, 0);
                }

                gathered.Add(slice);
                bytes += sliceBytes;
                rows += slice.Length;
            }
        }

        if (rows > 0) yield return Concatenate(gathered);
    }

    private RecordBatch Concatenate(List<RecordBatch> gathered)
    {
        var columns = schema.FieldsList.Select((field, i) => ArrowTake.Concatenate([.. gathered.Select(batch => batch.Column(i))], field.DataType)).ToList();
        var rows = gathered.Sum(batch => batch.Length);
        foreach (var batch in gathered) batch.Dispose();
        gathered.Clear();
        return new RecordBatch(schema, columns, rows);
    }

    /// <summary>Writes a part, and its halves where it turns out to be larger than it seemed.</summary>
    private async IAsyncEnumerable<ByteString> WriteSmallEnoughAsync(RecordBatch part)
    {
        var written = await WriteAsync(part).ConfigureAwait(false);
        if (written.Length <= _mostBytes || part.Length == 1)
        {
            yield return written;
            yield break;
        }

        var half = part.Length / 2;
        foreach (var (start, length) in new[] { (0, half), (half, part.Length - half) })
        {
            using var slice = part.SliceShared(start, length);
            await foreach (var smaller in WriteSmallEnoughAsync(slice).ConfigureAwait(false)) yield return smaller;
        }
    }

    private async Task<ByteString> WriteAsync(RecordBatch batch)
    {
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, schema, leaveOpen: true))
        {
            await writer.WriteRecordBatchAsync(batch).ConfigureAwait(false);
            await writer.WriteEndAsync().ConfigureAwait(false);
        }

        return UnsafeByteOperations.UnsafeWrap(stream.GetBuffer().AsMemory(0, checked((int)stream.Length)));
    }

    private static long Bytes(RecordBatch batch)
    {
        long bytes = 0;
        for (var i = 0; i < batch.ColumnCount; i++) bytes += Bytes(batch.Column(i));
        return bytes;
    }

    private static long Bytes(IArrowArray array) => array switch
    {
        MapArray map => Nested(map.Data, map.Keys) + Bytes(map.Values),
        ListArray list => Nested(list.Data, list.Values),
        StructArray composite => composite.Fields.Sum(Bytes),
        StringArray => Text(array.Data),
        _ => array.Data.DataType is FixedWidthType type ? (long)array.Length * Math.Max(1, type.BitWidth / 8) : array.Length,
    };

    private static long Text(ArrayData data)
    {
        var offsets = ArrowMemory.Offsets(data);
        return offsets[^1] - offsets[0] + ((long)data.Length * sizeof(int));
    }

    private static long Nested(ArrayData data, IArrowArray elements)
    {
        var offsets = ArrowMemory.Offsets(data);
        var share = elements.Length == 0 ? 0 : (double)(offsets[^1] - offsets[0]) / elements.Length;
        return (long)(share * Bytes(elements)) + ((long)data.Length * sizeof(int));
    }
}
