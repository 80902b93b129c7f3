namespace Tauro.FeatureStore.Specification;

/// <summary>The materialized store with the executor of its own.</summary>
public sealed class MaterializedInProcess() : TestStore("Materialized in process")
{
    protected override IFeatureStore Open(IFeatureStoreContext context) => new MaterializedFeatureStore(context);
}
