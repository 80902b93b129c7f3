namespace Tauro.FeatureStore;

/// <summary>Adds Spark to an application's feature store.</summary>
public static class SparkBuilderExtensions
{
    /// <summary>Adds a <see cref="SparkQueryExecutor"/>, with the name <c>spark</c>. Nothing is connected before it is used.</summary>
    /// <param name="builder">The feature store.</param>
    /// <param name="options">The options; null to take them from the section <c>spark</c> of the configuration.</param>
    public static IFeatureStoreBuilder UseSpark(this IFeatureStoreBuilder builder, SparkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddExecutor<SparkQueryExecutor, SparkOptions>("spark", options, static (parts, options) => new SparkQueryExecutor(parts.Context, options));
    }
}
