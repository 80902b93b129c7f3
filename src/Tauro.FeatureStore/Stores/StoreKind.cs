namespace Tauro.FeatureStore;

/// <summary>The two kinds of store that a <see cref="CompositeFeatureStore"/> puts together.</summary>
public enum StoreKind
{
    /// <summary>The store that holds written rows.</summary>
    Materialized,

    /// <summary>The store that computes features when they are read.</summary>
    Virtualized,
}
