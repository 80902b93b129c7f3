using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>The reads of a plan that one engine answers.</summary>
/// <param name="Executor">The engine.</param>
/// <param name="Reads">The places of the reads in the plan.</param>
internal sealed record PlanPart(IPlanExecutor Executor, IReadOnlyList<int> Reads)
{
    /// <summary>The plan of these reads alone, over the same spine.</summary>
    public static AsOfPlan Of(AsOfPlan plan, IReadOnlyList<int> reads) => plan with { Reads = [.. reads.Select(read => plan.Reads[read])], Notes = plan.Notes.Part(reads) };
}

/// <summary>Answers an as-of plan by several engines, at the same time and each over the whole spine, and puts their columns side by side.</summary>
internal sealed class CompositePlanExecutor(IReadOnlyList<PlanPart> parts) : IPlanExecutor
{
    public string Name { get; } = string.Join(" and ", parts.Select(part => part.Executor.Name).Distinct());

    public bool CanRead(PlanSource source) => parts.Any(part => part.Executor.CanRead(source));

    public async IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var whole = (AsOfPlan)plan;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        AsOfPlan[] plans = [.. parts.Select(part => PlanPart.Of(whole, part.Reads))];
        var answers = plans.Select((part, i) => new PartialAnswer(parts[i].Executor.RunAsync(part, stop.Token).GetAsyncEnumerator(stop.Token), stop)).ToList();
        var schema = RetrievalPlanner.AnswerSchema(whole.Reads);
        using var zipper = new BatchZipper(new Schema(plans.SelectMany(part => RetrievalPlanner.AnswerSchema(part.Reads).FieldsList), null));
        foreach (var _ in answers) zipper.AddSource();
        var order = ColumnOrder(whole, schema);
        try
        {
            while (await FillAsync(zipper, answers).ConfigureAwait(false))
            {
                var side = zipper.Next();
                yield return new RecordBatch(schema, order.Select(side.Column), side.Length);
            }
        }
        finally
        {
            // An engine may still work for the others' sake.
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var answer in answers) await answer.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The place of each column of the whole answer among those of the parts.</summary>
    private int[] ColumnOrder(AsOfPlan plan, Schema schema)
    {
        var starts = new int[plan.Reads.Count];
        int[] widths = [.. plan.Reads.Select(read => RetrievalPlanner.AnswerSchema([read]).FieldsList.Count)];
        var next = 0;
        foreach (var read in parts.SelectMany(part => part.Reads))
        {
            starts[read] = next;
            next += widths[read];
        }

        int[] order = [.. Enumerable.Range(0, plan.Reads.Count).SelectMany(read => Enumerable.Range(starts[read], widths[read]))];
        return order.Length == schema.FieldsList.Count ? order : throw new InvalidOperationException("The parts of a plan have other columns than the plan.");
    }

    /// <summary>Gets the next rows of every answer that has none left; false at the end of all.</summary>
    private async Task<bool> FillAsync(BatchZipper zipper, IReadOnlyList<PartialAnswer> answers)
    {
        int[] empty = [.. Enumerable.Range(0, answers.Count).Where(zipper.NeedsBatch)];
        RecordBatch?[] batches;
        try
        {
            batches = await Task.WhenAll(empty.Select(i => Task.Run(answers[i].NextAsync))).ConfigureAwait(false);
        }
        catch
        {
            // The first failure stopped the others, and their cancellation is none of the caller's.
            answers.MinBy(answer => answer.FailedAt)!.Failure?.Throw();
            throw;
        }

        for (var i = 0; i < empty.Length; i++)
            if (batches[i] is { } batch) zipper.Offer(empty[i], batch);
        var ended = batches.Count(batch => batch is null);
        if (ended == 0) return true;
        if (ended == answers.Count) return false;
        throw new FeatureStoreException($"The engines {Name} answered different numbers of rows for one spine. This is a defect of one of them.");
    }

    private sealed class PartialAnswer(IAsyncEnumerator<RecordBatch> batches, CancellationTokenSource stop) : IAsyncDisposable
    {
        public ExceptionDispatchInfo? Failure { get; private set; }

        public long FailedAt { get; private set; } = long.MaxValue;

        public async Task<RecordBatch?> NextAsync()
        {
            try
            {
                while (await batches.MoveNextAsync().ConfigureAwait(false))
                {
                    if (batches.Current.Length > 0) return batches.Current;
                    batches.Current.Dispose();
                }

                return null;
            }
            catch (Exception failure)
            {
                (Failure, FailedAt) = (ExceptionDispatchInfo.Capture(failure), System.Diagnostics.Stopwatch.GetTimestamp());
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }

        public ValueTask DisposeAsync() => batches.DisposeAsync();
    }
}
