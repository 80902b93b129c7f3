namespace Tauro.FeatureStore;

/// <summary>Where an application's feature store is. Bound from <c>feature_store_path</c>, <c>gold_path</c> and <c>environment</c>, or the same in Pascal case. Immutable.</summary>
public sealed record FeatureStoreOptions
{
    /// <summary>The folder that holds the store's tables and its registry.</summary>
    /// <value>The default is null: then the configuration must name one, here or as <c>storage_path</c> of its section <c>materialized</c>.</value>
    public string? FeatureStorePath { get; init; }

    /// <summary>The folder of the Gold layer.</summary>
    /// <value>The default is null: there is none.</value>
    public string? GoldPath { get; init; }

    /// <summary>The name of the environment.</summary>
    /// <value>The default is <c>development</c>.</value>
    public string Environment { get; init; } = "development";
}
