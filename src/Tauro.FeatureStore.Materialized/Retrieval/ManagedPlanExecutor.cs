using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Answers plans over Parquet files and tables in this process, with no engine installed.</summary>
internal sealed class ManagedPlanExecutor(ReadCache? cache = null) : IPlanExecutor
{
    /// <summary>The rows of an answer that are put together at once.</summary>
    private const int RowsPerBatch = 1 << 22;

    public string Name => "managed";

    public bool CanRead(PlanSource source) => source is ParquetSource or TableSource;

    public IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken = default) => plan switch
    {
        AsOfPlan asOf => RunAsOfAsync(asOf, cancellationToken),
        EntitiesPlan entities => RunEntitiesAsync(entities, cancellationToken),
        RangePlan range => RunRange(range, cancellationToken),
        _ => throw new ArgumentException($"The managed executor does not run a {plan.GetType().Name}.", nameof(plan)),
    };

    private IAsyncEnumerable<RecordBatch> RunRange(RangePlan plan, CancellationToken cancellationToken)
    {
        plan.Notes.Add(0, ReadAnswer.FromFiles);
        return RangeReader.RunAsync(plan, cache, RowsPerBatch, cancellationToken);
    }

    private async IAsyncEnumerable<RecordBatch> RunEntitiesAsync(EntitiesPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = await RowSource.OpenAsync(plan.Rows.Source, cache, cancellationToken).ConfigureAwait(false);
        await using var opened = source.ConfigureAwait(false);
        await foreach (var batch in EntityReader.RunAsync(plan, source, cancellationToken).ConfigureAwait(false)) yield return batch;
    }

    private async IAsyncEnumerable<RecordBatch> RunAsOfAsync(AsOfPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var spine = new SpineRows(plan);
        var answers = new List<ReadAnswer>(plan.Reads.Count);
        try
        {
            foreach (var read in plan.Reads) answers.Add(await FindAsync(spine, read, cancellationToken).ConfigureAwait(false));
            var schema = RetrievalPlanner.AnswerSchema(plan.Reads);
            for (var start = 0; start < spine.Count; start += RowsPerBatch)
            {
                var length = Math.Min(RowsPerBatch, spine.Count - start);
                var columns = new List<IArrowArray>();
                foreach (var answer in answers) columns.AddRange(await answer.ReadAsync(start, length, cancellationToken).ConfigureAwait(false));
                for (var read = 0; read < answers.Count; read++) plan.Notes.Add(read, answers[read].Path, answers[read].RowsSearched);
                yield return new RecordBatch(schema, columns, length);
            }
        }
        finally
        {
            foreach (var answer in answers) await answer.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Answers a read at one moment from latest values that are known, where there is a cache, and any other by a search.</summary>
    private async Task<ReadAnswer> FindAsync(SpineRows spine, AsOfRead read, CancellationToken cancellationToken)
    {
        if (cache is null || spine.Moment is not { } moment || cache.PlaceOf(read, moment) is not { } place)
            return await AsOfAnswer.FindAsync(spine, read, cache, cancellationToken).ConfigureAwait(false);
        if (await cache.FindAsync(place, read, moment, cancellationToken).ConfigureAwait(false) is { } latest)
            return new LatestAnswer(read, latest, spine.ColumnsOf(read.Keys), spine.Count, moment);
        var answer = await AsOfAnswer.FindAsync(spine, read, cache, cancellationToken).ConfigureAwait(false);
        cache.NoteSearch(place, answer.RowsSearched);
        return answer;
    }
}
