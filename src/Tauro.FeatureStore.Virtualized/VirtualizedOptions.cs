namespace Tauro.FeatureStore;

/// <summary>How an application's store of virtual features is set up: the section <c>virtualized</c> of its configuration. Immutable.</summary>
public sealed record VirtualizedOptions
{
    /// <summary>The engine that runs the queries, by the name under which it was added: <c>duckdb</c> or <c>spark</c>.</summary>
    /// <value>The default is null: the only one there is.</value>
    public string? ExecutorType { get; init; }
}
