using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>
/// A store of written features and a store of computed ones as one: features of both are asked for together and come back as one table, with the caller's rows in their
/// order.
/// </summary>
/// <remarks>
/// A feature is answered by the store that its reference names, else by the only one that serves it: the one that computes it by a definition, or the one that has a
/// table of its group with it. Where both do, <see cref="RetrievalOptions.Store"/> decides, and without that the request is refused. Each store pins and reads its own part;
/// what they answer is put side by side without copying a value.
/// </remarks>
public sealed partial class CompositeFeatureStore : BaseFeatureStore
{
    private readonly BaseFeatureStore _materialized;
    private readonly BaseFeatureStore _virtualized;

    /// <summary>Puts two stores together.</summary>
    /// <param name="context">The application's context, with which both stores were made.</param>
    /// <param name="materialized">The store of written features. The caller disposes it.</param>
    /// <param name="virtualized">The store of computed features. The caller disposes it.</param>
    /// <exception cref="ArgumentException">A store has another registry, because it was made with another context.</exception>
    public CompositeFeatureStore(IFeatureStoreContext context, BaseFeatureStore materialized, BaseFeatureStore virtualized) : base(context)
    {
        ArgumentNullException.ThrowIfNull(materialized);
        ArgumentNullException.ThrowIfNull(virtualized);
        foreach (var store in (BaseFeatureStore[])[materialized, virtualized])
            if (!ReferenceEquals(store.Metadata, Metadata))
                throw new ArgumentException($"The {store.GetType().Name} has another registry; make both stores and the {nameof(CompositeFeatureStore)} with one context.", nameof(context));
        (_materialized, _virtualized) = (materialized, virtualized);
    }

    /// <inheritdoc/>
    /// <remarks>Rows go to the store of written features. A group that is only computed is read-only.</remarks>
    /// <exception cref="FeatureMaterializationException">The features of the group are computed, and it has no table.</exception>
    public override async Task<WriteResult> WriteFeaturesAsync(
        string featureGroup, FeatureTable rows, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        await CheckWritableAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        return await _materialized.WriteFeaturesAsync(featureGroup, rows, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Rows go to the store of written features. A group that is only computed is read-only.</remarks>
    /// <exception cref="FeatureMaterializationException">The features of the group are computed, and it has no table.</exception>
    public override async Task<WriteResult> WriteFeaturesAsync(
        string featureGroup, IAsyncEnumerable<RecordBatch> batches, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        await CheckWritableAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        return await _materialized.WriteFeaturesAsync(featureGroup, batches, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task<bool> HasTransactionAsync(string featureGroup, string transactionId, CancellationToken cancellationToken = default) =>
        _materialized.HasTransactionAsync(featureGroup, transactionId, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The table is that of the store of written features; a group that is only computed has none.</remarks>
    public override async Task<long?> GetTableVersionAsync(string featureGroup, DateTimeOffset? moment = null, CancellationToken cancellationToken = default)
    {
        var (name, version) = GroupName.Parse(featureGroup);
        var served = await ServedAsync(await Metadata.ResolveGroupAsync(name, version, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return served is { Stored.Count: 0, Computed.Count: > 0 } ? null : await _materialized.GetTableVersionAsync(featureGroup, moment, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        var stored = await _materialized.CheckHealthAsync(cancellationToken).ConfigureAwait(false);
        var computed = await _virtualized.CheckHealthAsync(cancellationToken).ConfigureAwait(false);
        return new HealthReport([.. stored.Checks, .. computed.Checks]);
    }

    /// <summary>Which of the two stores answers a feature now.</summary>
    internal async Task<StoreKind> FindStoreAsync(ResolvedFeature feature, RetrievalOptions options, CancellationToken cancellationToken) =>
        StoreOf(feature, await ServedAsync(feature.Group, cancellationToken).ConfigureAwait(false), options);

    internal override async Task<IReadOnlyCollection<string>> FindServedAsync(FeatureGroupSchema schema, CancellationToken cancellationToken)
    {
        var served = await ServedAsync(schema, cancellationToken).ConfigureAwait(false);
        return served.Stored.Union(served.Computed, StringComparer.OrdinalIgnoreCase).ToList();
    }

    internal override async Task<Func<ResolvedFeature, GroupSnapshot>> OpenGroupsAsync(
        IReadOnlyList<ResolvedFeature> features, RetrievalOptions options, CancellationToken cancellationToken)
    {
        var parts = new Dictionary<StoreKind, List<ResolvedFeature>> { [StoreKind.Materialized] = [], [StoreKind.Virtualized] = [] };
        foreach (var group in features.GroupBy(feature => feature.Group))
        {
            var served = await ServedAsync(group.Key, cancellationToken).ConfigureAwait(false);
            foreach (var feature in group) parts[StoreOf(feature, served, options)].Add(feature);
        }

        var snapshots = new Dictionary<ResolvedFeature, GroupSnapshot>(ReferenceEqualityComparer.Instance);
        foreach (var (kind, part) in parts)
        {
            var store = kind == StoreKind.Materialized ? _materialized : _virtualized;
            var snapshotOf = await store.OpenGroupsAsync(part, options, cancellationToken).ConfigureAwait(false);
            foreach (var feature in part) snapshots[feature] = snapshotOf(feature) with { Store = store };
        }

        return feature => snapshots[feature];
    }

    internal override IPlanExecutor SelectExecutor(RetrievalPlan plan, IReadOnlyList<GroupUse> uses, FeatureRequest request)
    {
        var parts = uses.Select((use, i) => (Use: use, Read: i)).GroupBy(part => part.Use.Snapshot!.Store!).ToList();
        if (parts is [var only]) return only.Key.SelectExecutor(plan, uses, request);
        var asOf = (AsOfPlan)plan;
        return new CompositePlanExecutor([.. parts.Select(part =>
        {
            int[] reads = [.. part.Select(read => read.Read)];
            return new PlanPart(part.Key.SelectExecutor(PlanPart.Of(asOf, reads), [.. part.Select(read => read.Use)], request), reads);
        })]);
    }

    /// <inheritdoc/>
    protected override Task<GroupSnapshot> OpenGroupAsync(FeatureGroupSchema schema, CancellationToken cancellationToken) => throw new System.Diagnostics.UnreachableException();

    /// <inheritdoc/>
    protected override IPlanExecutor SelectExecutor(RetrievalPlan plan) => throw new System.Diagnostics.UnreachableException();

    private async Task CheckWritableAsync(string featureGroup, CancellationToken cancellationToken)
    {
        var (name, version) = GroupName.Parse(featureGroup);
        var group = await Metadata.ResolveGroupAsync(name, version, cancellationToken).ConfigureAwait(false);
        var served = await ServedAsync(group, cancellationToken).ConfigureAwait(false);
        if (served is { Stored.Count: 0, Computed.Count: > 0 })
            throw new FeatureMaterializationException(
                $"'{group.QualifiedName}' is computed when it is read, and cannot be written. Use {nameof(MaterializeAsync)} to keep what its definitions compute, or write to another group.")
            {
                FeatureGroup = group.Name,
            };
    }

    private async Task<Served> ServedAsync(FeatureGroupSchema group, CancellationToken cancellationToken) => new(
        await _materialized.FindServedAsync(group, cancellationToken).ConfigureAwait(false),
        await _virtualized.FindServedAsync(group, cancellationToken).ConfigureAwait(false));

    private static StoreKind StoreOf(ResolvedFeature feature, Served served, RetrievalOptions options)
    {
        if (feature.Reference.Store is { } named) return named;
        var name = feature.Feature.Name;
        return (served.Stored.Contains(name, StringComparer.OrdinalIgnoreCase), served.Computed.Contains(name, StringComparer.OrdinalIgnoreCase)) switch
        {
            (true, true) => options.Store ?? throw new FeatureNotFoundException(
                $"The feature '{feature.Group.QualifiedName}.{name}' is served twice: {nameof(StoreKind.Materialized)} has it in a table, and {nameof(StoreKind.Virtualized)} computes it by a definition. "
                + $"Name one of them as the {nameof(FeatureReference.Store)} of the reference or of the options.")
            {
                FeatureGroup = feature.Group.Name,
                Feature = name,
            },
            (true, false) => StoreKind.Materialized,
            (false, true) => StoreKind.Virtualized,

            // A group that nobody serves is one that was never written, unless other features of it are computed and this one was forgotten.
            _ => served is { Stored.Count: 0, Computed.Count: > 0 } ? StoreKind.Virtualized : StoreKind.Materialized,
        };
    }

    private sealed record Served(IReadOnlyCollection<string> Stored, IReadOnlyCollection<string> Computed);
}
