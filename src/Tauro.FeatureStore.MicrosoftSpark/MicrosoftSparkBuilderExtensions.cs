using Microsoft.Spark.Sql;

namespace Tauro.FeatureStore;

/// <summary>Adds .NET for Apache Spark to an application's feature store.</summary>
public static class MicrosoftSparkBuilderExtensions
{
    /// <summary>Adds a <see cref="MicrosoftSparkQueryExecutor"/>, with the name <c>microsoft_spark</c>.</summary>
    /// <param name="builder">The feature store.</param>
    /// <param name="session">The job's session, which stays the caller's.</param>
    /// <param name="options">The options; null to take them from the section <c>microsoft_spark</c> of the configuration.</param>
    public static IFeatureStoreBuilder UseMicrosoftSpark(this IFeatureStoreBuilder builder, SparkSession session, MicrosoftSparkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(session);
        return builder.AddExecutor<MicrosoftSparkQueryExecutor, MicrosoftSparkOptions>(
            "microsoft_spark", options, (parts, options) => new MicrosoftSparkQueryExecutor(parts.Context, session, options));
    }
}
