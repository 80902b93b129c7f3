namespace Tauro.FeatureStore.Specification;

/// <summary>Feeds as tables in memory that DuckDB reads.</summary>
internal sealed class FeedsOnDuckDB(DuckDBQueryExecutor executor) : IFeedEngine
{
    public string Identifier(string name) => $"\"{name}\"";

    public string NameOf(string feed) => $"feed.{feed}";

    public Task DeclareAsync(string table, FeatureTable rows, CancellationToken cancellationToken) => executor.DeclareTableAsync(table, rows, cancellationToken);
}
