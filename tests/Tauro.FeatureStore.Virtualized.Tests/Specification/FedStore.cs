using System.Collections.Concurrent;
using Apache.Arrow;

namespace Tauro.FeatureStore.Specification;

/// <summary>A store with virtual groups that read feeds: registering such a group defines its features, and writing to it feeds it.</summary>
/// <param name="store">The store that is read.</param>
/// <param name="definer">The store that takes definitions.</param>
/// <param name="engine">What runs them.</param>
/// <param name="clock">The clock.</param>
/// <param name="feeds">The feeds.</param>
/// <param name="isVirtual">Whether a group is a virtual one; the others are written.</param>
internal sealed class FedStore(
    IFeatureStore store, VirtualizedFeatureStore definer, IFeedEngine engine, TimeProvider clock, ConcurrentDictionary<string, Feed> feeds,
    Func<FeatureGroupSchema, bool> isVirtual) : IFeatureStore
{
    public FeatureStoreMetadata Metadata => store.Metadata;

    public async Task RegisterFeaturesAsync(FeatureGroupSchema schema, CancellationToken cancellationToken = default)
    {
        await store.RegisterFeaturesAsync(schema, cancellationToken);
        if (!isVirtual(schema)) return;
        var feed = feeds.AddOrUpdate(schema.QualifiedName, _ => new Feed(schema, engine), (_, known) => known.For(schema));
        await PublishAsync(schema, feed, cancellationToken);
    }

    public Task<FeatureTable> GetFeaturesAsync(FeatureRequest request, CancellationToken cancellationToken = default) => store.GetFeaturesAsync(request, cancellationToken);

    public IAsyncEnumerable<RecordBatch> StreamFeaturesAsync(FeatureRequest request, CancellationToken cancellationToken = default) =>
        store.StreamFeaturesAsync(request, cancellationToken);

    public async Task<WriteResult> WriteFeaturesAsync(string featureGroup, FeatureTable rows, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (name, version) = GroupName.Parse(featureGroup);
        await Metadata.RefreshAsync(cancellationToken);
        var schema = Metadata.GetFeatureGroup(name, version);
        if (!isVirtual(schema)) return await store.WriteFeaturesAsync(featureGroup, rows, options, cancellationToken);
        var feed = feeds[schema.QualifiedName];
        var result = feed.Add(rows, options?.Mode ?? WriteMode.Append, clock);
        await PublishAsync(schema, feed, cancellationToken);
        return result;
    }

    public Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default) => store.CheckHealthAsync(cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task PublishAsync(FeatureGroupSchema schema, Feed feed, CancellationToken cancellationToken)
    {
        if (!feed.IsTyped) return;
        await feed.DeclareAsync(cancellationToken);
        await definer.DefineVirtualFeaturesAsync(schema.QualifiedName, [feed.Definition], cancellationToken);
    }
}
