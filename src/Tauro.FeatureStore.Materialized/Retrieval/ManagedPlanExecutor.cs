using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Answers plans over Parquet files and tables in this process, with no engine installed.</summary>
internal sealed class ManagedPlanExecutor(ColumnCache? cache = null) : IPlanExecutor
{
    /// <summary>The rows of an answer that are put together at once.</summary>
    private const int RowsPerBatch = 1 << 22;

    public string Name => "managed";

    public bool CanRead(PlanSource source) => source is ParquetSource or TableSource;

    public IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken = default) => plan switch
    {
        AsOfPlan asOf => RunAsOfAsync(asOf, cancellationToken),
        EntitiesPlan entities => EntityReader.RunAsync(entities, cache, cancellationToken),
        RangePlan range => RangeReader.RunAsync(range, cache, RowsPerBatch, cancellationToken),
        _ => throw new ArgumentException($"The managed executor does not run a {plan.GetType().Name}.", nameof(plan)),
    };

    private async IAsyncEnumerable<RecordBatch> RunAsOfAsync(AsOfPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var spine = new SpineRows(plan);
        var answers = new List<AsOfAnswer>(plan.Reads.Count);
        try
        {
            foreach (var read in plan.Reads) answers.Add(await AsOfAnswer.FindAsync(spine, read, cache, cancellationToken).ConfigureAwait(false));
            var schema = RetrievalPlanner.AnswerSchema(plan.Reads);
            for (var start = 0; start < spine.Count; start += RowsPerBatch)
            {
                var length = Math.Min(RowsPerBatch, spine.Count - start);
                var columns = new List<IArrowArray>();
                foreach (var answer in answers) columns.AddRange(await answer.ReadAsync(start, length, cancellationToken).ConfigureAwait(false));
                yield return new RecordBatch(schema, columns, length);
            }
        }
        finally
        {
            foreach (var answer in answers) await answer.DisposeAsync().ConfigureAwait(false);
        }
    }
}
