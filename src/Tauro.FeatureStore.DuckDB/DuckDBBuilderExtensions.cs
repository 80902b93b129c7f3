namespace Tauro.FeatureStore;

/// <summary>Adds DuckDB to an application's feature store.</summary>
public static class DuckDBBuilderExtensions
{
    /// <summary>Adds a <see cref="DuckDBQueryExecutor"/>, with the name <c>duckdb</c>.</summary>
    /// <param name="builder">The feature store.</param>
    /// <param name="options">The options; null to take them from the section <c>duckdb</c> of the configuration.</param>
    public static IFeatureStoreBuilder UseDuckDB(this IFeatureStoreBuilder builder, DuckDBOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddExecutor<DuckDBQueryExecutor, DuckDBOptions>("duckdb", options, static (parts, options) => new DuckDBQueryExecutor(parts.Context, options));
    }
}
