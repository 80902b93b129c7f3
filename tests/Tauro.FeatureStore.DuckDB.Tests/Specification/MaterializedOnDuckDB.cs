namespace Tauro.FeatureStore.Specification;

/// <summary>The materialized store whose plans DuckDB runs.</summary>
public sealed class MaterializedOnDuckDB() : TestStore("Materialized on DuckDB")
{
    public override int GeneratedHistories => 40;

    public override TestStore Fresh() => new MaterializedOnDuckDB();

    public override async Task TendAsync(string group, CancellationToken cancellationToken)
    {
        var store = (MaterializedFeatureStore)Store;
        await store.CompactAsync(group, rowsPerFile: 3, cancellationToken);
        await store.VacuumAsync(group, TimeSpan.Zero, cancellationToken);
    }

    protected override IFeatureStore Open(IFeatureStoreContext context) =>
        new MaterializedFeatureStore(context, executor: Own(new DuckDBQueryExecutor(context)));
}
