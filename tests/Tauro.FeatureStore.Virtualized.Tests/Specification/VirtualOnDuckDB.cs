using System.Collections.Concurrent;

namespace Tauro.FeatureStore.Specification;

/// <summary>The virtual store, whose features are queries over feeds in memory.</summary>
public sealed class VirtualOnDuckDB : TestStore
{
    private readonly ConcurrentDictionary<string, Feed> _feeds = new(StringComparer.OrdinalIgnoreCase);
    private readonly DuckDBQueryExecutor _executor;

    public VirtualOnDuckDB() : base("Virtual on DuckDB") => _executor = Own(new DuckDBQueryExecutor());

    public override bool SupportsWrites => false;

    public override bool HasWriteSequence => false;

    public override int GeneratedHistories => 20;

    public override TestStore Fresh() => new VirtualOnDuckDB();

    protected override IFeatureStore Open(IFeatureStoreContext context)
    {
        var store = new VirtualizedFeatureStore(context, _executor);
        return new FedStore(store, store, new FeedsOnDuckDB(_executor), context.TimeProvider, _feeds, isVirtual: _ => true);
    }
}
