using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Apache.Arrow;
using Microsoft.Extensions.Logging;
using Tauro.FeatureStore.Engines.Spark;

namespace Tauro.FeatureStore.Engines.MicrosoftSpark;

/// <summary>Plans by way of .NET for Apache Spark.</summary>
internal sealed class MicrosoftSparkQueries(SparkJobs jobs, ILogger logger) : ISparkQueries
{
    /// <summary>How many batches wait for the caller.</summary>
    private const int BatchesAhead = 2;

    private const int RowsPerUpload = 20_000;

    /// <summary>The library makes one message of a call, which cannot be larger than two gigabytes, and keeps the memory of the largest one for each thread.</summary>
    private const long BytesPerUpload = 32 << 20;

    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(5);

    public long RowsWorthAFile => 20_000;

    public Task<Schema> DescribeAsync(string sql, SqlValues? values, CancellationToken cancellationToken) =>
        jobs.RunAsync(session => CarriedFrames.SchemaOf(session.Sql(sql)), values, cancellationToken);

    /// <summary>The rows are read on a thread of their own, and handed over batch by batch.</summary>
    public async IAsyncEnumerable<RecordBatch> QueryAsync(string sql, SqlValues? values, bool isLarge, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var room = new SemaphoreSlim(BatchesAhead);
        var channel = Channel.CreateUnbounded<RecordBatch>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var job = jobs.Start((session, token) =>
        {
            using var batches = SparkJobs.Call(() => CarriedFrames.Read(session, sql, isLarge), token).GetEnumerator();
            // With the first batch Spark's answer is there, or begins to be; what follows comes by a connection of its own.
            for (var any = SparkJobs.Call(batches.MoveNext, token); any; any = batches.MoveNext())
            {
                room.Wait(token);
                channel.Writer.TryWrite(batches.Current);
            }

            return true;
        }, values, stopped.Token);
        // What the work ends with, the reader gets after the last batch.
        _ = job.Task.ContinueWith(task => channel.Writer.Complete(task.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (var batch in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return batch;
                room.Release();
            }
        }
        finally
        {
            await stopped.CancelAsync().ConfigureAwait(false);
            await jobs.StopAsync(job).ConfigureAwait(false);
            while (channel.Reader.TryRead(out var unread)) unread.Dispose();
        }
    }

    public Task CreateViewAsync(string name, ParquetRelation files, CancellationToken cancellationToken) => jobs.RunAsync(session =>
    {
        var reader = session.Read().Format("parquet");
        if (files.Schema is { } schema) reader = reader.Schema(schema);
        foreach (var (key, value) in ParquetRelation.Options) reader = reader.Option(key, value);
        reader.Load([.. files.LiteralPaths]).SelectExpr([.. files.Expressions]).CreateOrReplaceTempView(name);
        return true;
    }, values: null, cancellationToken);

    public async Task UploadAsync(Schema schema, IEnumerable<RecordBatch> batches, Func<string> newView, CancellationToken cancellationToken)
    {
        var any = false;
        foreach (var batch in batches)
        {
            var rows = (int)Math.Clamp(BytesPerUpload * batch.Length / Math.Max(1, ArrowMemory.SizeOfRows(batch)), 1, RowsPerUpload);
            for (var start = 0; start < batch.Length; start += rows)
            {
                using var part = batch.SliceShared(start, Math.Min(rows, batch.Length - start));
                await UploadAsync(part).ConfigureAwait(false);
                any = true;
            }
        }

        if (any) return;
        using var empty = new RecordBatch(schema, schema.FieldsList.Select(field => ArrowMemory.Nulls(field.DataType, 0)), 0);
        await UploadAsync(empty).ConfigureAwait(false);

        Task UploadAsync(RecordBatch part)
        {
            var name = newView();
            return jobs.RunAsync(session =>
            {
                CarriedFrames.Write(session, schema, part).CreateOrReplaceTempView(name);
                return true;
            }, values: null, cancellationToken);
        }
    }

    public async Task DropViewsAsync(IEnumerable<string> names)
    {
        try
        {
            // It waits for no work of Spark's, so it need not wait for the calls that do.
            await jobs.Start((session, _) =>
            {
                foreach (var name in names) session.Sql($"DROP VIEW IF EXISTS {name}");
                return true;
            }, values: null, CancellationToken.None).Task.WaitAsync(CleanUpTime).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SparkQueryException or TimeoutException)
        {
            MicrosoftSparkLogMessages.DropFailed(logger, failure.Message);
        }
    }
}
