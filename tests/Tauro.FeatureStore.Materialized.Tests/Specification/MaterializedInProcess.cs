namespace Tauro.FeatureStore.Specification;

/// <summary>The materialized store with the executor of its own.</summary>
public sealed class MaterializedInProcess() : TestStore("Materialized in process")
{
    public override TestStore Fresh() => new MaterializedInProcess();

    protected override IFeatureStore Open(IFeatureStoreContext context) => new MaterializedFeatureStore(context);
}
