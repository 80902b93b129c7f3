using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>What answers retrieval plans. Safe for use by many threads at once.</summary>
public interface IPlanExecutor
{
    /// <summary>The engine's name, as diagnostics show it.</summary>
    string Name { get; }

    /// <summary>Whether this engine reads sources of that kind.</summary>
    /// <param name="source">A source of a plan.</param>
    bool CanRead(PlanSource source);

    /// <summary>
    /// Runs a plan and streams its answer. The caller disposes each batch. Every column has the Arrow type of its <see cref="DataType"/>.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Stops the engine's work.</param>
    /// <exception cref="QueryTimeoutException">The engine did not answer within its timeout.</exception>
    /// <exception cref="VirtualizationQueryException">The engine could not run the plan.</exception>
    IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken = default);
}
