namespace Tauro.FeatureStore;

/// <summary>What an engine can say about a query without running it. An executor implements it where its engine can.</summary>
public interface IQueryInspector
{
    /// <summary>The names of the tables that a query reads, such as <c>silver.users</c>, sorted.</summary>
    /// <param name="sql">One query, in the engine's dialect.</param>
    /// <param name="cancellationToken">Stops the engine's work.</param>
    /// <exception cref="VirtualizationQueryException">The engine refused the query.</exception>
    Task<IReadOnlyList<string>> FindTablesAsync(string sql, CancellationToken cancellationToken = default);

    /// <summary>How the engine would run a query, in its own words.</summary>
    /// <param name="sql">One query, in the engine's dialect.</param>
    /// <param name="parameters">The values of the parameters.</param>
    /// <param name="cancellationToken">Stops the engine's work.</param>
    /// <exception cref="VirtualizationQueryException">The engine refused the query.</exception>
    Task<string> GetExecutionPlanAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default);
}
