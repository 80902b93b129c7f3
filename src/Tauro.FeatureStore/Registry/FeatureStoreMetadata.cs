namespace Tauro.FeatureStore;

/// <summary>The registry.</summary>
public sealed class FeatureStoreMetadata
{
}
