using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>An engine that answers plans and runs SQL. Safe for use by many threads at once.</summary>
public interface IQueryExecutor : IPlanExecutor, IAsyncDisposable
{
    /// <summary>Runs a query of the caller's own and returns its rows.</summary>
    /// <param name="sql">One query, in the engine's dialect. Parameters are written <c>$name</c>.</param>
    /// <param name="parameters">The values of the parameters; they are bound, never written into the text.</param>
    /// <param name="progress">Hears how the query goes on, about ten times a second, and when its answer is complete.</param>
    /// <param name="cancellationToken">Stops the engine's work.</param>
    /// <exception cref="QueryTimeoutException">The engine did not answer within its timeout.</exception>
    /// <exception cref="VirtualizationQueryException">The engine refused the query or failed in it.</exception>
    Task<FeatureTable> ExecuteAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters = null, IProgress<QueryProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a query of the caller's own and streams its rows as they come, for answers that do not fit in memory. The caller disposes each batch.</summary>
    /// <param name="sql">One query, in the engine's dialect. Parameters are written <c>$name</c>.</param>
    /// <param name="parameters">The values of the parameters; they are bound, never written into the text.</param>
    /// <param name="progress">Hears how the query goes on, about ten times a second, and when its answer is complete.</param>
    /// <param name="cancellationToken">Stops the engine's work.</param>
    /// <exception cref="QueryTimeoutException">The engine did not answer within its timeout.</exception>
    /// <exception cref="VirtualizationQueryException">The engine refused the query or failed in it.</exception>
    IAsyncEnumerable<RecordBatch> StreamAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters = null, IProgress<QueryProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>The columns that a query would return, found without running it.</summary>
    /// <param name="sql">One query, in the engine's dialect.</param>
    /// <param name="parameters">The values of the parameters, where their types matter.</param>
    /// <param name="cancellationToken">Stops the engine's work.</param>
    /// <exception cref="VirtualizationQueryException">The engine refused the query.</exception>
    Task<Schema> DescribeAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>Whether the engine answers, and what was looked at.</summary>
    /// <param name="cancellationToken">Stops the check.</param>
    Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default);
}
