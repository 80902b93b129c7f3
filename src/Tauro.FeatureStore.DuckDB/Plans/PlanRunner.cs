using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Engines;

/// <summary>Runs plans within one operation.</summary>
internal sealed class PlanRunner(QueryOperation operation)
{
    private readonly Dictionary<FeatureTable, string> _imported = [];
    private int _kept;

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
        AsOfRead[] joined = [.. plan.Reads.Where(read => !StreamedSql.Answers(read))];
        var importsSpine = joined.Length > 0 || plan.Spine.RowCount <= StreamedSql.FewKeys;
        var spine = importsSpine ? await operation.RunAsync("the import of a spine.", session => SpineSql.Import(plan, session)).ConfigureAwait(false) : null;
        using var streamed = await StreamedReads.RunAsync(plan, operation, spine is not null).ConfigureAwait(false);
        var answers = joined.Length == 0 ? streamed.Batches().ToAsyncEnumerable() : JoinAsync(joined, spine!, cancellationToken);
        var schema = AnswerSchema.Of(plan.Reads.SelectMany(AnswerSchema.ColumnsOf));
        long row = 0;
        await foreach (var batch in answers.ConfigureAwait(false))
        {
            yield return streamed.Beside(batch, checked((int)row), schema);
            row += batch.Length;
        }
    }

    /// <summary>The answers of the reads that DuckDB joins to the spine.</summary>
    private async IAsyncEnumerable<RecordBatch> JoinAsync(AsOfRead[] reads, SpineFacts spine, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var queries = new List<PlanQuery>();
        foreach (var read in reads) queries.Add(await RenderAsync(read, spine).ConfigureAwait(false));

        // One read is streamed as it is; several are answered one after another, because as-of joins in one statement hold all their sorted rows at once.
        PlanQuery query;
        if (reads.Length == 1)
        {
            query = queries[0];
        }
        else
        {
            for (var i = 0; i < reads.Length; i++) await ExecuteAsync(AnswersSql.Keep(queries[i], i)).ConfigureAwait(false);
            query = new PlanQuery(AnswersSql.SideBySide(reads), new Dictionary<string, object?>());
        }

        var schema = AnswerSchema.Of(reads.SelectMany(AnswerSchema.ColumnsOf));
        var numbers = new RowNumbers(reads.Length, spine.Rows);
        await foreach (var batch in StreamAsync(query, numbers.Before(schema), cancellationToken).ConfigureAwait(false))
        {
            if (numbers.FindRepeated(batch) is { } repeated) throw await TwinsOfRowAsync(reads[repeated.Read], repeated.Row).ConfigureAwait(false);
            yield return numbers.Check(batch, schema);
        }

        numbers.CheckEnd();
    }

    private async Task<PlanQuery> RenderAsync(AsOfRead read, SpineFacts spine)
    {
        if (read.Rows.Source is not SqlSource sql) return new AsOfSql(read, await SourceAsync(read.Rows, []).ConfigureAwait(false), spine).Render();
        return await operation.RunAsync(Describe(sql.Sql), session =>
        {
            var rows = SqlRows.Open(sql, session);
            IReadOnlyList<long?> moments = sql.UsesAsOf ? SpineSql.Moments(session) : [null];
            var isTimed = read.Rows.EventTime is not null || read.Rows.CreatedTime is not null;
            if (!isTimed && moments.Count == 1) return LookupSql.Render(read, rows.From, rows.Column, eachMoment: false, spine, rows.Parameters(moments[0])) with { Caller = sql };

            var table = Names.Sql(_kept++);
            SqlTable.Keep(table, read, rows, moments, spine, session);
            if (!isTimed) return LookupSql.Render(read, Id(table), column => Id(column.Name), sql.UsesAsOf, spine, new Dictionary<string, object?>());
            if (SqlTable.FindTwins(table, read.Keys.Select(key => key.SourceColumn), read.Rows, session) is { } twins) throw Twins.Error(twins);
            return new AsOfSql(read, new SourceSql(read.Rows, SqlTable.RelationOf(table, session)), spine, sql.UsesAsOf).Render();
        }, sql).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<RecordBatch> EntitiesAsync(EntitiesPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = EntitiesSql.Render(plan, await SourceAsync(plan.Rows, plan.Keys.Select(key => key.Column), plan.Moment).ConfigureAwait(false));
        var schema = AnswerSchema.Of(plan.Keys.Select(AnswerSchema.Named));
        await foreach (var batch in StreamAsync(query, schema, cancellationToken).ConfigureAwait(false)) yield return batch;
    }

    private async IAsyncEnumerable<RecordBatch> RangeAsync(RangePlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = await SourceAsync(plan.Rows, plan.Keys.Concat(plan.Outputs.Select(output => output.Column)), range: plan).ConfigureAwait(false);
        var query = RangeSql.Render(plan, source);
        var schema = AnswerSchema.Of(plan.Outputs.Select(AnswerSchema.Named));
        await foreach (var batch in StreamAsync(query, schema, cancellationToken).ConfigureAwait(false)) yield return batch;
    }

    /// <summary>A source as further steps see it.</summary>
    /// <param name="rows">The source.</param>
    /// <param name="columns">The columns that are wanted, beside the times.</param>
    /// <param name="moment">The moment that is looked from.</param>
    /// <param name="range">The range that is wanted, in which no two rows of a query may have equal keys and times; null for all rows.</param>
    private async Task<SourceSql> SourceAsync(SourceRows rows, IEnumerable<PlanColumn> columns, long? moment = null, RangePlan? range = null) => new(rows, rows.Source switch
    {
        ParquetSource files => await operation.RunAsync("the look at a source's Parquet files.", session => Relation.OfFiles(files, session)).ConfigureAwait(false),
        TableSource table => await operation.RunAsync("the import of a source's table.", session => Import(table.Table, session)).ConfigureAwait(false),
        SqlSource sql => await operation.RunAsync(Describe(sql.Sql), session => Keep(sql, rows, columns, moment, range, session), sql).ConfigureAwait(false),
        _ => throw new VirtualizationQueryException(
            $"DuckDB reads no source of the kind {rows.Source.GetType().Name}. It reads {nameof(ParquetSource)}, {nameof(TableSource)} and {nameof(SqlSource)}."),
    });

    private Relation Keep(SqlSource sql, SourceRows rows, IEnumerable<PlanColumn> columns, long? moment, RangePlan? range, DuckDBSession session)
    {
        var table = Names.Sql(_kept++);
        SqlTable.Keep(table, columns, rows, SqlRows.Open(sql, session), moment, range, session);
        if (range is not null && SqlTable.FindTwins(table, range.Keys, rows, session) is { } twins) throw Twins.Error(twins);
        return SqlTable.RelationOf(table, session);
    }

    /// <summary>The error for two rows that have the keys of a row of the spine.</summary>
    private async Task<VirtualizationQueryException> TwinsOfRowAsync(AsOfRead read, long row)
    {
        var keys = read.Keys.Select(key => $"{DuckDBDialect.Instance.TextLiteral($"{key.SourceColumn.Name} = ")} || CAST({Id(key.SpineColumn)} AS VARCHAR)");
        var text = read.Keys.Count == 0 ? "'the only entity'" : string.Join(" || ', ' || ", keys);
        var sql = $"SELECT {text} FROM {Id(Names.Spine)} WHERE {Id(Names.Row)} = $row";
        return Twins.Error(await operation.RunAsync(Describe(sql), session =>
        {
            using var cursor = session.Open(sql, new Dictionary<string, object?> { ["row"] = row });
            using var answer = cursor.Read()!;
            return ((StringArray)answer.Column(0)).GetString(0);
        }).ConfigureAwait(false));
    }

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

    private async Task ExecuteAsync(PlanQuery query) => await operation.RunAsync(Describe(query), session =>
    {
        session.Execute(query.Sql, query.Parameters);
        return true;
    }, query.Caller).ConfigureAwait(false);

    private async IAsyncEnumerable<RecordBatch> StreamAsync(PlanQuery query, Schema schema, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var what = Describe(query);
        var reader = await operation.RunAsync(what, session => new BatchReader(session.Open(query.Sql, query.Parameters), schema), query.Caller).ConfigureAwait(false);
        var empty = true;
        while (await operation.RunAsync(what, _ => reader.Read(), query.Caller).ConfigureAwait(false) is { } batch)
        {
            empty = false;
            yield return batch;
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (empty) yield return BatchReader.Empty(schema);
    }

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);

    private static string Describe(PlanQuery query) => Describe(query.Caller?.Sql ?? query.Sql);

    private static string Describe(string sql) => PlanQuery.Describe(sql);
}
