using Apache.Arrow;

namespace Tauro.FeatureStore.Engines;

/// <summary>The reads of a plan that are answered from streams of a query's rows, each query run once.</summary>
internal sealed class StreamedReads : IDisposable
{
    private const int RowsPerBatch = 1 << 17;

    /// <summary>What a column of a batch may hold, if its rows are as large as they are on average.</summary>
    private const long ColumnBytesPerBatch = 1 << 26;

    private readonly AsOfPlan _plan;
    private readonly Lazy<SpineRows> _spine;
    private readonly Dictionary<AsOfRead, StreamedAnswer> _answers = new(ReferenceEqualityComparer.Instance);

    private StreamedReads(AsOfPlan plan) => (_plan, _spine) = (plan, new Lazy<SpineRows>(() => new SpineRows(plan)));

    /// <summary>Answers the reads of a plan that are answered so.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="operation">Where the queries run.</param>
    /// <param name="spineIsImported">Whether the spine stands in a temporary table.</param>
    public static async Task<StreamedReads> RunAsync(AsOfPlan plan, QueryOperation operation, bool spineIsImported)
    {
        var reads = new StreamedReads(plan);
        try
        {
            foreach (var read in plan.Reads)
                if (StreamedSql.Answers(read)) await reads.AddAsync(read, operation, spineIsImported).ConfigureAwait(false);
            return reads;
        }
        catch
        {
            reads.Dispose();
            throw;
        }
    }

    /// <summary>Batches without columns for all rows of the spine, at least one.</summary>
    public IEnumerable<RecordBatch> Batches()
    {
        var schema = AnswerSchema.Of([]);
        var rows = _plan.Spine.RowCount;
        var rowBytes = _answers.Values.Select(answer => answer.AverageRowBytes).DefaultIfEmpty().Max();
        var length = Math.Clamp(ColumnBytesPerBatch / Math.Max(1, rowBytes), 1, RowsPerBatch);
        if (rows == 0) yield return BatchReader.Empty(schema);
        for (long start = 0; start < rows; start += length) yield return new RecordBatch(schema, [], (int)Math.Min(length, rows - start));
    }

    /// <summary>The columns of all reads in their order, in place of a batch with those of the others.</summary>
    /// <param name="others">The columns of the reads that are answered otherwise.</param>
    /// <param name="start">The row of the spine that the batch begins with.</param>
    /// <param name="schema">The columns of all reads.</param>
    public RecordBatch Beside(RecordBatch others, int start, Schema schema)
    {
        if (_answers.Count == 0) return others;
        var columns = new List<IArrowArray>(schema.FieldsList.Count);
        var next = 0;
        foreach (var read in _plan.Reads)
        {
            if (_answers.TryGetValue(read, out var answer)) columns.AddRange(answer.Read(start, others.Length));
            else foreach (var _ in AnswerSchema.ColumnsOf(read)) columns.Add(others.Column(next++));
        }

        return new RecordBatch(schema, columns, others.Length);
    }

    public void Dispose()
    {
        foreach (var answer in _answers.Values) answer.Dispose();
        if (_spine.IsValueCreated) _spine.Value.Dispose();
    }

    private async Task AddAsync(AsOfRead read, QueryOperation operation, bool spineIsImported)
    {
        var sql = (SqlSource)read.Rows.Source;
        var answer = new StreamedAnswer(read, _spine.Value);
        _answers.Add(read, answer);
        await operation.RunAsync(PlanQuery.Describe(sql.Sql), session =>
        {
            var query = StreamedSql.Render(read, answer, SqlRows.Open(sql, session), spineIsImported);
            if (answer.Spine.SlotCount > 0)
            {
                var rows = new BatchReader(session.Open(query.Sql, query.Parameters), answer.Columns.Schema, asTheyCome: true);
                while (rows.Read() is { } batch) answer.Add(batch);
            }

            if (answer.FindTwins() is { } twins) throw Twins.Error(twins);
            answer.Complete();
            return true;
        }, sql).ConfigureAwait(false);
    }
}
