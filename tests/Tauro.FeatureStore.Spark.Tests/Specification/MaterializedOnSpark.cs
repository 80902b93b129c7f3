using Tauro.FeatureStore.Spark.Tests;

namespace Tauro.FeatureStore.Specification;

/// <summary>The materialized store whose plans Spark runs. One session serves all tests; the clock of its timeouts is the real one.</summary>
public sealed class MaterializedOnSpark(SparkServer server) : TestStore("Materialized on Spark")
{
    public override int GeneratedHistories => 6;

    public override TestStore Fresh() => new MaterializedOnSpark(server);

    protected override IFeatureStore Open(IFeatureStoreContext context) => new MaterializedFeatureStore(context, executor: server.SharedExecutor);
}
