using Apache.Arrow;

namespace Tauro.FeatureStore.Specification;

public sealed class StoreOnMyEngine() : TestStore("Materialized on my engine")
{
    public override TestStore Fresh() => new StoreOnMyEngine();

    protected override IFeatureStore Open(IFeatureStoreContext context) => new MaterializedFeatureStore(context, executor: new MyEngine());
}

public sealed class RowChoiceOnMyEngine() : RowChoiceSpecification(new StoreOnMyEngine());

public sealed class KnownAsOfOnMyEngine() : KnownAsOfSpecification(new StoreOnMyEngine());

public sealed class CompletenessOnMyEngine : SpecificationCompleteness
{
    protected override IReadOnlyDictionary<Type, string> Exclusions { get; } = new Dictionary<Type, string>();
}

/// <summary>An engine as its author begins: it reads nothing yet, and the store answers by itself.</summary>
internal sealed class MyEngine : IPlanExecutor
{
    public string Name => "mine";

    public bool CanRead(PlanSource source) => false;

    public IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
