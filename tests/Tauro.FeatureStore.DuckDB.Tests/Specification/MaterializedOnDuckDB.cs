namespace Tauro.FeatureStore.Specification;

/// <summary>The materialized store whose plans DuckDB runs.</summary>
public sealed class MaterializedOnDuckDB() : TestStore("Materialized on DuckDB")
{
    public override int GeneratedHistories => 40;

    public override TestStore Fresh() => new MaterializedOnDuckDB();

    protected override IFeatureStore Open(IFeatureStoreContext context) =>
        new MaterializedFeatureStore(context, executor: Own(new DuckDBQueryExecutor(context)));
}
