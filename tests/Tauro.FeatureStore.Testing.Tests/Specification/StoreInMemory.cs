using Tauro.FeatureStore.Testing;

namespace Tauro.FeatureStore.Specification;

/// <summary>The store in memory that users test with. Stores of one folder share their rows, as processes would.</summary>
public sealed class StoreInMemory() : TestStore("Store in memory")
{
    private InMemoryFeatureStore? _first;

    public override int GeneratedHistories => 20;

    public override TestStore Fresh() => new StoreInMemory();

    protected override IFeatureStore Open(IFeatureStoreContext context) => _first is null ? _first = new InMemoryFeatureStore(context) : new InMemoryFeatureStore(context, _first);
}
