using Apache.Arrow;
using Tauro.FeatureStore.Spark.Tests;

namespace Tauro.FeatureStore.Specification;

/// <summary>The materialized store whose plans Spark runs, every one. One session serves all tests; the clock of its timeouts is the real one.</summary>
public sealed class MaterializedOnSpark(SparkServer server) : TestStore("Materialized on Spark")
{
    public override int GeneratedHistories => 6;

    public override int PackedHistories => 200;

    public override TestStore Fresh() => new MaterializedOnSpark(server);

    public override async Task TendAsync(string group, CancellationToken cancellationToken)
    {
        var store = (MaterializedFeatureStore)Store;
        await store.CompactAsync(group, rowsPerFile: 200, cancellationToken);
        await store.VacuumAsync(group, TimeSpan.Zero, cancellationToken);
    }

    protected override IFeatureStore Open(IFeatureStoreContext context) => new MaterializedFeatureStore(context, executor: new Insistent(server.SharedExecutor));

    /// <summary>A store reads in process what its engine does not read. Here that is an error, so that no test passes without Spark.</summary>
    private sealed class Insistent(IPlanExecutor executor) : IPlanExecutor
    {
        public string Name => executor.Name;

        public bool CanRead(PlanSource source) => executor.CanRead(source) ? true : throw new InvalidOperationException($"Spark does not read {source}.");

        public IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken = default) => executor.RunAsync(plan, cancellationToken);
    }
}
