namespace Tauro.FeatureStore.Specification;

/// <summary>The materialized store with the executor of its own.</summary>
public sealed class MaterializedInProcess() : TestStore("Materialized in process")
{
    public override TestStore Fresh() => new MaterializedInProcess();

    public override async Task TendAsync(string group, CancellationToken cancellationToken)
    {
        var store = (MaterializedFeatureStore)Store;
        await store.CompactAsync(group, rowsPerFile: 3, cancellationToken);
        await store.VacuumAsync(group, TimeSpan.Zero, cancellationToken);
    }

    protected override IFeatureStore Open(IFeatureStoreContext context) => new MaterializedFeatureStore(context);
}
