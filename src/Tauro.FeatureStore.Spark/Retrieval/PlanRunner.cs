using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>Runs the three kinds of plans in one session.</summary>
/// <param name="spark">The way to Spark.</param>
/// <param name="engine">The engine's name in errors.</param>
/// <param name="sharedFolder">A folder that the cluster sees, too, for large tables; null where there is none.</param>
/// <param name="rowsToOrderHere">Answers with at most so many rows are put in order in this process; larger ones by Spark.</param>
/// <param name="mostRowsOfOneKey">A spine in which a key stands in more rows is answered in a way that is linear in them.</param>
internal sealed class PlanRunner(ISparkQueries spark, string engine, string? sharedFolder, int rowsToOrderHere, int mostRowsOfOneKey)
{
    private const int RowsOfNulls = 1 << 16;

    public IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken) => plan switch
    {
        AsOfPlan asOf => RunAsOfAsync(asOf, cancellationToken),
        EntitiesPlan entities => RunEntitiesAsync(entities, cancellationToken),
        RangePlan range => RunRangeAsync(range, cancellationToken),
        _ => throw new ArgumentException($"Spark does not run a {plan.GetType().Name}.", nameof(plan)),
    };

    /// <summary>Each read is answered by a query of its own; their answers, all in the spine's order, are put side by side.</summary>
    private async IAsyncEnumerable<RecordBatch> RunAsOfAsync(AsOfPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (plan.Spine.RowCount == 0) yield break;
        var views = new SourceViews(spark, sharedFolder);
        await using var opened = views.ConfigureAwait(false);
        var times = SpineTimes.Of(plan);
        var spine = times is null || plan.Reads.All(read => IsEmpty(read.Rows.Source))
            ? null
            : await UploadSpineAsync(plan, views, cancellationToken).ConfigureAwait(false);

        var answers = new List<IAsyncEnumerator<RecordBatch>>(plan.Reads.Count);
        using var zipper = new BatchZipper(RetrievalPlanner.AnswerSchema(plan.Reads));
        try
        {
            foreach (var read in plan.Reads)
            {
                answers.Add(RunReadAsync(plan, read, spine, times, views, cancellationToken).GetAsyncEnumerator(cancellationToken));
                zipper.AddSource();
            }

            while (await FillAsync(zipper, answers).ConfigureAwait(false)) yield return zipper.Next();
        }
        finally
        {
            foreach (var answer in answers) await answer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<bool> FillAsync(BatchZipper zipper, List<IAsyncEnumerator<RecordBatch>> answers)
    {
        for (var i = 0; i < answers.Count; i++)
        {
            while (zipper.NeedsBatch(i))
            {
                if (!await answers[i].MoveNextAsync().ConfigureAwait(false)) return false;
                if (answers[i].Current.Length == 0) answers[i].Current.Dispose();
                else zipper.Offer(i, answers[i].Current);
            }
        }

        return answers.Count > 0;
    }

    private async IAsyncEnumerable<RecordBatch> RunReadAsync(
        AsOfPlan plan, AsOfRead read, string? spine, SpineTimes? times, SourceViews views, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = plan.Spine.RowCount;
        var answer = AnswerColumns.Of(read);
        if (spine is null || times is null || IsEmpty(read.Rows.Source))
        {
            for (long first = 0; first < rows; first += RowsOfNulls) yield return answer.Nulls((int)Math.Min(RowsOfNulls, rows - first), read.MatchOutput);
            yield break;
        }

        var columns = read.Keys.Select(key => key.SourceColumn).Concat(read.Outputs.Select(output => output.Column));
        if (read.NotNull is not null) columns = columns.Append(read.NotNull);
        var source = await OpenAsync(views, read.Rows, columns, () => SpineTimes.MomentsOf(plan), cancellationToken).ConfigureAwait(false);
        var numbered = answer.WithRowNumber();
        var ordersHere = rows <= rowsToOrderHere;
        var sql = IntervalSql.CanAnswer(read, source) && SpineKeys.AreSpread(plan.Spine, read.Keys, mostRowsOfOneKey)
            ? new IntervalSql(read, source, spine, times).Write(ordered: !ordersHere)
            : new AsOfSql(read, source, spine, times).Write(ordered: !ordersHere);
        var found = QueryAsync(sql, source.Values, numbered, isLarge: !ordersHere, cancellationToken);
        var inOrder = ordersHere ? GatherAsync(found, answer.Schema, rows, cancellationToken) : CheckOrderAsync(found, answer.Schema, rows, cancellationToken);
        await foreach (var batch in inOrder.ConfigureAwait(false)) yield return batch;
    }

    private async IAsyncEnumerable<RecordBatch> GatherAsync(
        IAsyncEnumerable<RecordBatch> found, Schema schema, long rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var gathering = new RowGathering(rows, schema, engine);
        await foreach (var batch in found.WithCancellation(cancellationToken).ConfigureAwait(false)) gathering.Add(batch);
        foreach (var batch in gathering.Restore()) yield return batch;
    }

    private async IAsyncEnumerable<RecordBatch> CheckOrderAsync(
        IAsyncEnumerable<RecordBatch> found, Schema schema, long rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long next = 0;
        await foreach (var batch in found.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            using (batch)
            {
                next = CheckNumbers(batch, next);
                var columns = Enumerable.Range(1, schema.FieldsList.Count).Select(i => ArrowArrayFactory.SliceShared(batch.Column(i), 0, batch.Length));
                yield return new RecordBatch(schema, columns, batch.Length);
            }
        }

        if (next != rows) throw RowGathering.Miscounted(engine, rows);

        long CheckNumbers(RecordBatch batch, long expected)
        {
            foreach (var number in ArrowMemory.Values<long>(batch.Column(0)))
                if (number != expected++) throw RowGathering.Miscounted(engine, rows);
            return expected;
        }
    }

    private async IAsyncEnumerable<RecordBatch> RunEntitiesAsync(EntitiesPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (IsEmpty(plan.Rows.Source)) yield break;
        var views = new SourceViews(spark, sharedFolder);
        await using var opened = views.ConfigureAwait(false);
        var source = await OpenAsync(views, plan.Rows, plan.Keys.Select(key => key.Column), () => [plan.Moment], cancellationToken).ConfigureAwait(false);
        await foreach (var batch in QueryAsync(EntitiesSql.Write(plan, source), source.Values, AnswerColumns.Of(plan.Keys), isLarge: true, cancellationToken).ConfigureAwait(false)) yield return batch;
    }

    private async IAsyncEnumerable<RecordBatch> RunRangeAsync(RangePlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (IsEmpty(plan.Rows.Source)) yield break;
        var views = new SourceViews(spark, sharedFolder);
        await using var opened = views.ConfigureAwait(false);
        var source = await OpenAsync(views, plan.Rows, plan.Keys.Concat(plan.Outputs.Select(output => output.Column)), () => [plan.To], cancellationToken).ConfigureAwait(false);
        await foreach (var batch in QueryAsync(RangeSql.Write(plan, source), source.Values, AnswerColumns.Of(plan.Outputs), isLarge: true, cancellationToken).ConfigureAwait(false)) yield return batch;
    }

    private static Task<SourceSql> OpenAsync(
        SourceViews views, SourceRows rows, IEnumerable<PlanColumn> columns, Func<IReadOnlyList<long>> moments, CancellationToken cancellationToken) =>
        views.OpenAsync(rows, new SourceColumns(rows, columns).All, moments, cancellationToken);

    private static Task<string> UploadSpineAsync(AsOfPlan plan, SourceViews views, CancellationToken cancellationToken)
    {
        PlanColumn[] columns = [.. plan.Spine.ColumnNames.Select(name => new PlanColumn(name, plan.Spine.GetColumnType(name)))];
        var schema = new Schema([.. columns.Select(column => ArrowTypes.ToField(column.Name, column.Type)), ArrowTypes.ToField(AsOfSql.RowColumn, DataType.BigInt)], null);
        return views.UploadAsync(schema, plan.Spine.RowCount, NumberedRows.Of(plan.Spine, columns, schema), cancellationToken);
    }

    private async IAsyncEnumerable<RecordBatch> QueryAsync(
        string sql, SqlValues? values, AnswerColumns columns, bool isLarge, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in spark.QueryAsync(sql, values, isLarge, cancellationToken).ConfigureAwait(false)) yield return columns.Convert(batch);
    }

    private static bool IsEmpty(PlanSource source) => source switch
    {
        ParquetSource parquet => parquet.Files.Count == 0,
        TableSource table => table.Table.RowCount == 0,
        _ => false,
    };
}
