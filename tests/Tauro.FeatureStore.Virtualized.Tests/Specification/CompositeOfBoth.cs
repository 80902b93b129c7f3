using System.Collections.Concurrent;

namespace Tauro.FeatureStore.Specification;

/// <summary>
/// The composite store. Its groups are written and virtual by turns, in the order in which a test registers them, so that requests of several groups are answered by both
/// stores.
/// </summary>
public sealed class CompositeOfBoth : TestStore
{
    private readonly ConcurrentDictionary<string, Feed> _feeds = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _groups = [];
    private readonly int _firstVirtual;
    private readonly DuckDBQueryExecutor _executor;

    /// <summary>Makes a store.</summary>
    /// <param name="firstVirtual">The place of the first virtual group: 0 or 1.</param>
    public CompositeOfBoth(int firstVirtual) : base($"Composite, group {firstVirtual} virtual") => (_firstVirtual, _executor) = (firstVirtual, Own(new DuckDBQueryExecutor()));

    public override bool SupportsWrites => false;

    public override bool HasWriteSequence => false;

    public override int GeneratedHistories => 10;

    public override TestStore Fresh() => new CompositeOfBoth(_firstVirtual);

    protected override IFeatureStore Open(IFeatureStoreContext context)
    {
        var virtualized = Own(new VirtualizedFeatureStore(context, _executor));
        var composite = new CompositeFeatureStore(context, Own(new MaterializedFeatureStore(context)), virtualized);
        return new FedStore(composite, virtualized, new FeedsOnDuckDB(_executor), context.TimeProvider, _feeds, IsVirtual);
    }

    private bool IsVirtual(FeatureGroupSchema schema)
    {
        lock (_groups)
        {
            if (!_groups.Contains(schema.Name)) _groups.Add(schema.Name);
            return _groups.IndexOf(schema.Name) % 2 == _firstVirtual;
        }
    }
}
