using System.Globalization;
using System.Runtime.CompilerServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The Arrow batches in the messages of an execution. Each message is a whole Arrow stream; its memory becomes the batch's, without a copy.</summary>
internal static class ResultReader
{
    public static async IAsyncEnumerable<RecordBatch> ReadAsync(
        IAsyncEnumerable<ExecutePlanResponse> responses, SparkEndpoint endpoint, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long rows = 0;
        var chunks = new List<ReadOnlyMemory<byte>>();
        await foreach (var response in responses.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (response.ResponseTypeCase != ExecutePlanResponse.ResponseTypeOneofCase.ArrowBatch) continue;
            var message = response.ArrowBatch;
            if (message.HasChunkIndex && message.ChunkIndex != chunks.Count) throw SparkFailure.Broken(endpoint, "parts of a batch are not in order");
            chunks.Add(message.Data.Memory);
            if (message.HasNumChunksInBatch && chunks.Count < message.NumChunksInBatch) continue;
            if (message.HasStartOffset && message.StartOffset != rows)
                throw SparkFailure.Broken(endpoint, string.Create(CultureInfo.InvariantCulture, $"a batch starts at row {message.StartOffset} after {rows} rows"));

            var memory = Join(chunks);
            chunks.Clear();
            long read = 0;
            await foreach (var batch in ReadStreamAsync(memory, endpoint, cancellationToken).ConfigureAwait(false))
            {
                read += batch.Length;
                yield return batch;
            }

            if (read != message.RowCount)
                throw SparkFailure.Broken(endpoint, string.Create(CultureInfo.InvariantCulture, $"a batch has {read} rows instead of {message.RowCount}"));
            rows += read;
        }

        if (chunks.Count > 0) throw SparkFailure.Broken(endpoint, "parts of its last batch are missing");
    }

    private static async IAsyncEnumerable<RecordBatch> ReadStreamAsync(
        ReadOnlyMemory<byte> memory, SparkEndpoint endpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new ArrowStreamReader(memory);
        while (true)
        {
            RecordBatch? batch;
            try
            {
                batch = await reader.ReadNextRecordBatchAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is InvalidDataException or NotSupportedException or NotImplementedException or InvalidOperationException)
            {
                throw new SparkQueryException(
                    $"A batch of the Spark server {endpoint} cannot be read: {failure.Message} Cast columns of unusual types to plain ones, and set spark.sql.execution.arrow.compression.codec to none.",
                    failure);
            }

            if (batch is null) yield break;
            yield return batch;
        }
    }

    private static ReadOnlyMemory<byte> Join(List<ReadOnlyMemory<byte>> chunks)
    {
        if (chunks.Count == 1) return chunks[0];
        var whole = new byte[chunks.Sum(chunk => (long)chunk.Length)];
        var place = 0;
        foreach (var chunk in chunks)
        {
            chunk.CopyTo(whole.AsMemory(place));
            place += chunk.Length;
        }

        return whole;
    }
}
