using System.Globalization;
using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Puts an engine's answer beside the caller's rows: as many, in their order, with all their columns untouched, then the features as they were asked for.</summary>
internal sealed class SpineAssembly
{
    private readonly FeatureTable _rows;
    private readonly AsOfPlan _plan;
    private readonly Schema _answerSchema;
    private readonly int[] _order;

    public SpineAssembly(FeatureTable rows, AsOfPlan plan, IReadOnlyList<ResolvedFeature> features)
    {
        (_rows, _plan) = (rows, plan);
        var engine = RetrievalPlanner.AnswerSchema(plan.Reads);
        var places = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < engine.FieldsList.Count; i++) places.Add(engine.FieldsList[i].Name, i);
        int[] asked = [.. features.Select(feature => places[feature.OutputName])];
        _order = [.. asked, .. Enumerable.Range(0, engine.FieldsList.Count).Except(asked)];
        _answerSchema = new Schema([.. _order.Select(engine.GetFieldByIndex)], null);
        Schema = new Schema([.. rows.Schema.FieldsList, .. _answerSchema.FieldsList], null);
    }

    /// <summary>The columns of the whole answer.</summary>
    public Schema Schema { get; }

    public async IAsyncEnumerable<RecordBatch> RunAsync(IPlanExecutor executor, bool ownsRows, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            using var zipper = new BatchZipper(Schema);
            var (left, right) = (zipper.AddSource(), zipper.AddSource());
            using var rows = _rows.Batches.Where(batch => batch.Length > 0).GetEnumerator();
            long count = 0;
            await foreach (var batch in executor.RunAsync(_plan, cancellationToken).ConfigureAwait(false))
            {
                count += batch.Length;
                if (count > _rows.RowCount) throw Miscounted(executor, count);
                if (batch.Length == 0)
                {
                    batch.Dispose();
                    continue;
                }

                zipper.Offer(right, new RecordBatch(_answerSchema, _order.Select(batch.Column), batch.Length));
                while (!zipper.NeedsBatch(right))
                {
                    if (zipper.NeedsBatch(left) && rows.MoveNext()) zipper.Offer(left, rows.Current.SliceShared(0, rows.Current.Length));
                    yield return zipper.Next();
                }
            }

            if (count != _rows.RowCount) throw Miscounted(executor, count);
        }
        finally
        {
            _plan.Spine.Dispose();
            if (ownsRows) _rows.Dispose();
        }
    }

    private FeatureStoreException Miscounted(IPlanExecutor executor, long count) => new(string.Create(CultureInfo.InvariantCulture,
        $"The engine {executor.Name} answered {count} rows or more for a spine of {_rows.RowCount}. This is a defect of the engine; nothing was returned."));
}
