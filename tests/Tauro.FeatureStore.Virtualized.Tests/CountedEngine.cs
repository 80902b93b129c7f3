using Apache.Arrow;

namespace Tauro.FeatureStore.Tests;

/// <summary>DuckDB, with a count of what it was asked for. Its owner disposes it.</summary>
internal sealed class CountedEngine(DuckDBQueryExecutor engine) : IQueryExecutor, IQueryInspector, ISourceVersions
{
    public int Plans { get; private set; }

    public int Streams { get; private set; }

    public int WholeTables { get; private set; }

    public string Name => engine.Name;

    public bool CanRead(PlanSource source) => engine.CanRead(source);

    public IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken = default)
    {
        Plans++;
        return engine.RunAsync(plan, cancellationToken);
    }

    public IAsyncEnumerable<RecordBatch> StreamAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters = null, IProgress<QueryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Streams++;
        return engine.StreamAsync(sql, parameters, progress, cancellationToken);
    }

    public Task<FeatureTable> ExecuteAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters = null, IProgress<QueryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        WholeTables++;
        return engine.ExecuteAsync(sql, parameters, progress, cancellationToken);
    }

    public Task<Schema> DescribeAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default) =>
        engine.DescribeAsync(sql, parameters, cancellationToken);

    public Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default) => engine.CheckHealthAsync(cancellationToken);

    public Task<IReadOnlyList<string>> FindTablesAsync(string sql, CancellationToken cancellationToken = default) => engine.FindTablesAsync(sql, cancellationToken);

    public Task<string> GetExecutionPlanAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default) =>
        engine.GetExecutionPlanAsync(sql, parameters, cancellationToken);

    public Task<string> FindVersionAsync(IReadOnlyList<string> tables, CancellationToken cancellationToken) => ((ISourceVersions)engine).FindVersionAsync(tables, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
