using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Engines;

/// <summary>Runs plans within one operation.</summary>
internal sealed class PlanRunner(QueryOperation operation)
{
    private readonly Dictionary<FeatureTable, string> _imported = [];

    /// <summary>Runs a plan and streams its answer; a batch without rows where there are none.</summary>
    public async IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answer = plan switch
        {
            AsOfPlan asOf => AsOfAsync(asOf, cancellationToken),
            EntitiesPlan entities => EntitiesAsync(entities, cancellationToken),
            RangePlan range => RangeAsync(range, cancellationToken),
            _ => throw new ArgumentException($"DuckDB does not know plans of the kind {plan.GetType().Name}.", nameof(plan)),
        };
        await foreach (var batch in answer.ConfigureAwait(false)) yield return batch;
    }

    private async IAsyncEnumerable<RecordBatch> AsOfAsync(AsOfPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var spine = await operation.RunAsync("the import of a spine.", session => SpineSql.Import(plan, session)).ConfigureAwait(false);
        var reads = new List<PlanQuery>();
        foreach (var read in plan.Reads) reads.Add(new AsOfSql(read, await SourceAsync(read.Rows).ConfigureAwait(false), spine).Render());

        // One read is streamed as it is; several are answered one after another, because as-of joins in one statement hold all their sorted rows at once.
        PlanQuery query;
        if (reads.Count == 1)
        {
            query = reads[0];
        }
        else
        {
            for (var i = 0; i < reads.Count; i++) await ExecuteAsync(AnswersSql.Keep(reads[i], i)).ConfigureAwait(false);
            query = new PlanQuery(AnswersSql.SideBySide(plan.Reads), new Dictionary<string, object?>());
        }

        var schema = AnswerSchema.Of(plan.Reads.SelectMany(AnswerSchema.ColumnsOf));
        var numbers = new RowNumbers(plan.Reads.Count, spine.Rows);
        await foreach (var batch in StreamAsync(query, numbers.Before(schema), cancellationToken).ConfigureAwait(false)) yield return numbers.Check(batch, schema);
        numbers.CheckEnd();
    }

    private async IAsyncEnumerable<RecordBatch> EntitiesAsync(EntitiesPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = EntitiesSql.Render(plan, await SourceAsync(plan.Rows).ConfigureAwait(false));
        var schema = AnswerSchema.Of(plan.Keys.Select(AnswerSchema.Named));
        await foreach (var batch in StreamAsync(query, schema, cancellationToken).ConfigureAwait(false)) yield return batch;
    }

    private async IAsyncEnumerable<RecordBatch> RangeAsync(RangePlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = RangeSql.Render(plan, await SourceAsync(plan.Rows).ConfigureAwait(false));
        var schema = AnswerSchema.Of(plan.Outputs.Select(AnswerSchema.Named));
        await foreach (var batch in StreamAsync(query, schema, cancellationToken).ConfigureAwait(false)) yield return batch;
    }

    private async Task<SourceSql> SourceAsync(SourceRows rows) => new(rows, rows.Source switch
    {
        ParquetSource files => await operation.RunAsync("the look at a source's Parquet files.", session => Relation.OfFiles(files, session)).ConfigureAwait(false),
        TableSource table => await operation.RunAsync("the import of a source's table.", session => Import(table.Table, session)).ConfigureAwait(false),
        _ => throw new VirtualizationQueryException($"DuckDB reads no source of the kind {rows.Source.GetType().Name}. It reads {nameof(ParquetSource)} and {nameof(TableSource)}."),
    });

    private Relation Import(FeatureTable table, DuckDBSession session)
    {
        if (!_imported.TryGetValue(table, out var name))
        {
            name = Names.Table(_imported.Count);
            session.Import(table, name, Names.Row);
            _imported.Add(table, name);
        }

        return Relation.OfTable(name, table.RowCount, session);
    }

    private async Task ExecuteAsync(PlanQuery query) => await operation.RunAsync(Describe(query.Sql), session =>
    {
        session.Execute(query.Sql, query.Parameters);
        return true;
    }).ConfigureAwait(false);

    private async IAsyncEnumerable<RecordBatch> StreamAsync(PlanQuery query, Schema schema, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var what = Describe(query.Sql);
        var reader = await operation.RunAsync(what, session => new BatchReader(session.Open(query.Sql, query.Parameters), schema)).ConfigureAwait(false);
        var empty = true;
        while (await operation.RunAsync(what, _ => reader.Read()).ConfigureAwait(false) is { } batch)
        {
            empty = false;
            yield return batch;
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (empty) yield return BatchReader.Empty(schema);
    }

    private static string Describe(string sql) => $"the query of a plan:\n{sql}";
}
