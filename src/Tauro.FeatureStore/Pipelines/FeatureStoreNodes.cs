namespace Tauro.FeatureStore;

/// <summary>The nodes by which a pipeline writes and reads features.</summary>
/// <remarks>
/// A node finds its store by name in the run's <see cref="FeatureStoreExecutorAdapter"/>. What a node writes to a store is not one of its outputs: a node that reads it back
/// names the writing one in <c>dependsOn</c>.
/// </remarks>
public static class FeatureStoreNodes
{
    /// <summary>A node that writes an input to a feature group, all or nothing.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="featureStore">The store's name, such as <c>materialized</c>.</param>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="inputSource">The input with the rows: an output of another node, or an input of the run.</param>
    /// <param name="options">How they are written, or a <see cref="WriteMode"/> alone; null to append.</param>
    /// <param name="schema">Registered before the rows are written; null where the group is registered already.</param>
    /// <param name="dependsOn">Further nodes that run before this one; null for none.</param>
    public static IPipelineNode WriteFeatures(
        string name, string featureStore, string featureGroup, string inputSource, WriteOptions? options = null, FeatureGroupSchema? schema = null,
        IReadOnlyList<string>? dependsOn = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(featureStore);
        ArgumentException.ThrowIfNullOrWhiteSpace(featureGroup);
        ArgumentException.ThrowIfNullOrWhiteSpace(inputSource);
        return new PipelineNode(name, async (context, token) =>
        {
            var store = context.FeatureStores.GetStore(featureStore);
            var rows = await context.Inputs.LoadAsync(inputSource, token).ConfigureAwait(false);
            if (schema is not null) await store.RegisterFeaturesAsync(schema, token).ConfigureAwait(false);
            await store.WriteFeaturesAsync(featureGroup, rows, options, token).ConfigureAwait(false);
        })
        {
            Inputs = [inputSource],
            DependsOn = dependsOn ?? [],
        };
    }

    /// <summary>A node that reads the latest values of some entities, or of every entity, and publishes them under its own name.</summary>
    /// <param name="name">The node's name, and its output's.</param>
    /// <param name="featureStore">The store's name, such as <c>virtualized</c>.</param>
    /// <param name="featureNames">The features wanted.</param>
    /// <param name="entityIdsSource">The input with the entity keys; null for every entity.</param>
    /// <param name="pointInTime">The moment to look from; null for the moment of the run.</param>
    /// <param name="options">How rows are chosen; null for the defaults.</param>
    /// <param name="dependsOn">Further nodes that run before this one; null for none.</param>
    public static IPipelineNode ReadFeatures(
        string name, string featureStore, IReadOnlyList<FeatureReference> featureNames, string? entityIdsSource = null, DateTimeOffset? pointInTime = null,
        RetrievalOptions? options = null, IReadOnlyList<string>? dependsOn = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(featureStore);
        var features = CheckFeatures(featureNames);
        return PipelineNode.Publish(name, entityIdsSource is null ? [] : [entityIdsSource], async (context, token) =>
        {
            var entityIds = entityIdsSource is null ? null : await context.Inputs.LoadAsync(entityIdsSource, token).ConfigureAwait(false);
            return await context.FeatureStores.GetStore(featureStore).GetFeaturesAsync(features, entityIds, pointInTime, options, token).ConfigureAwait(false);
        }, dependsOn);
    }

    /// <summary>A node that makes a training set of a spine, each row with the features as of its own moment, and publishes it under its own name.</summary>
    /// <param name="name">The node's name, and its output's.</param>
    /// <param name="featureStore">The store's name.</param>
    /// <param name="featureNames">The features wanted.</param>
    /// <param name="entityIdsSource">The input with the spine: the entity keys, a time for each row, and any other columns, such as labels.</param>
    /// <param name="timeColumn">The column of the spine that holds the times.</param>
    /// <param name="options">How rows are chosen; null for the defaults.</param>
    /// <param name="dependsOn">Further nodes that run before this one; null for none.</param>
    public static IPipelineNode TrainingSet(
        string name, string featureStore, IReadOnlyList<FeatureReference> featureNames, string entityIdsSource, string timeColumn = FeatureRequest.DefaultTimeColumn,
        RetrievalOptions? options = null, IReadOnlyList<string>? dependsOn = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(featureStore);
        ArgumentException.ThrowIfNullOrWhiteSpace(entityIdsSource);
        var features = CheckFeatures(featureNames);
        return PipelineNode.Publish(name, [entityIdsSource], async (context, token) =>
        {
            var spine = await context.Inputs.LoadAsync(entityIdsSource, token).ConfigureAwait(false);
            return await context.FeatureStores.GetStore(featureStore).GetTrainingSetAsync(features, spine, timeColumn, options, token).ConfigureAwait(false);
        }, dependsOn);
    }

    /// <summary>
    /// A node that computes virtual features and writes them to a table: the rows of a range of event times, or without a range every entity as of the moment of the run.
    /// </summary>
    /// <param name="name">The node's name.</param>
    /// <param name="featureStore">The name of a <see cref="CompositeFeatureStore"/>, such as <c>composite</c>.</param>
    /// <param name="featureGroup">The group with the definitions, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="from">The first moment of the range; null for no range.</param>
    /// <param name="to">The first moment after the range; null for no range.</param>
    /// <param name="options">Where rows go, and in which steps; null for the group's own table, at once.</param>
    /// <param name="dependsOn">Further nodes that run before this one; null for none.</param>
    /// <exception cref="ArgumentException">The range has only one end.</exception>
    public static IPipelineNode Materialize(
        string name, string featureStore, string featureGroup, DateTimeOffset? from = null, DateTimeOffset? to = null, MaterializationOptions? options = null,
        IReadOnlyList<string>? dependsOn = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(featureStore);
        ArgumentException.ThrowIfNullOrWhiteSpace(featureGroup);
        if (from.HasValue != to.HasValue) throw new ArgumentException("A range has two ends; give both, or none for the moment of the run.", from is null ? nameof(from) : nameof(to));
        return new PipelineNode(name, async (context, token) =>
        {
            var found = context.FeatureStores.GetStore(featureStore);
            var store = found as CompositeFeatureStore ?? throw new PipelineException(
                $"The feature store '{featureStore}' is a {found.GetType().Name}, and only a {nameof(CompositeFeatureStore)} writes computed features to a table.") { Node = name };
            if (from is { } first && to is { } end) await store.MaterializeAsync(featureGroup, first, end, options, progress: null, token).ConfigureAwait(false);
            else await store.MaterializeNowAsync(featureGroup, options, token).ConfigureAwait(false);
        })
        {
            DependsOn = dependsOn ?? [],
        };
    }

    private static ValueList<FeatureReference> CheckFeatures(IReadOnlyList<FeatureReference> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return features.Count > 0 ? ValueList.Of(features) : throw new SchemaValidationException("The node names no features; name at least one.");
    }
}
