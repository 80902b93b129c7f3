namespace Tauro.FeatureStore;

/// <summary>The everyday forms of a store's methods.</summary>
public static class FeatureStoreExtensions
{
    /// <summary>
    /// The latest values of some entities, or of every entity: with <paramref name="entityIds"/> one row for each of them, in their order, with all their
    /// columns; without it one row for each entity that has values, ordered by key.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="featureNames">The features wanted, such as <c>["age", "orders.total as order_total"]</c>.</param>
    /// <param name="entityIds">The entity keys; null for every entity.</param>
    /// <param name="pointInTime">The moment to look from; null for now.</param>
    /// <param name="options">How rows are chosen; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.GetFeaturesAsync"/>.</exception>
    public static Task<FeatureTable> GetFeaturesAsync(
        this IFeatureStore store, IReadOnlyList<FeatureReference> featureNames, FeatureTable? entityIds = null, DateTimeOffset? pointInTime = null,
        RetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var request = entityIds is null
            ? FeatureRequest.ForEveryEntity(featureNames, pointInTime)
            : FeatureRequest.ForEntities(featureNames, entityIds, pointInTime);
        return store.GetFeaturesAsync(request with { Options = options ?? RetrievalOptions.Default }, cancellationToken);
    }

    /// <summary>The latest values of the entities whose keys stand in the dictionary's arrays, read as rows.</summary>
    /// <param name="store">The store.</param>
    /// <param name="featureNames">The features wanted.</param>
    /// <param name="entityIds">An array for each key column, all of one length.</param>
    /// <param name="pointInTime">The moment to look from; null for now.</param>
    /// <param name="options">How rows are chosen; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.GetFeaturesAsync"/>.</exception>
    public static async Task<FeatureTable> GetFeaturesAsync(
        this IFeatureStore store, IReadOnlyList<FeatureReference> featureNames, IReadOnlyDictionary<string, Array> entityIds, DateTimeOffset? pointInTime = null,
        RetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var entities = FeatureTable.FromColumns(entityIds);
        return await store.GetFeaturesAsync(featureNames, entities, pointInTime, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All rows of one group with an event time in a range, ordered by key, event time and write.</summary>
    /// <param name="store">The store.</param>
    /// <param name="featureNames">Features of one group.</param>
    /// <param name="range">The event times wanted.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.GetFeaturesAsync"/>.</exception>
    public static Task<FeatureTable> GetFeaturesAsync(
        this IFeatureStore store, IReadOnlyList<FeatureReference> featureNames, TimeRange range, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.GetFeaturesAsync(FeatureRequest.ForRange(featureNames, range), cancellationToken);
    }

    /// <summary>
    /// A training set: the spine's rows in their order, with all their columns, and the features as they were at the moment of each row. No value comes from
    /// after that moment.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="featureNames">The features wanted.</param>
    /// <param name="spine">Entity keys, a time for each row, and any other columns, such as labels.</param>
    /// <param name="timeColumn">The column of the spine that holds the times.</param>
    /// <param name="options">How rows are chosen; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.GetFeaturesAsync"/>.</exception>
    public static Task<FeatureTable> GetTrainingSetAsync(
        this IFeatureStore store, IReadOnlyList<FeatureReference> featureNames, FeatureTable spine, string timeColumn = FeatureRequest.DefaultTimeColumn,
        RetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var request = FeatureRequest.ForSpine(featureNames, spine, timeColumn) with { Options = options ?? RetrievalOptions.Default };
        return store.GetFeaturesAsync(request, cancellationToken);
    }

    /// <summary>Writes the rows that stand in the dictionary's arrays to a group, all or none.</summary>
    /// <param name="store">The store.</param>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="data">An array for each column, all of one length.</param>
    /// <param name="options">How they are written, or a <see cref="WriteMode"/> alone; null to append.</param>
    /// <param name="cancellationToken">Stops the write; nothing is written then.</param>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.WriteFeaturesAsync"/>.</exception>
    public static async Task<WriteResult> WriteFeaturesAsync(
        this IFeatureStore store, string featureGroup, IReadOnlyDictionary<string, Array> data, WriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var rows = FeatureTable.FromColumns(data);
        return await store.WriteFeaturesAsync(featureGroup, rows, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes rows of a record type to a group, all or none. Each public property is a column.</summary>
    /// <typeparam name="TRow">The type of a row.</typeparam>
    /// <param name="store">The store.</param>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="options">How they are written, or a <see cref="WriteMode"/> alone; null to append.</param>
    /// <param name="cancellationToken">Stops the write; nothing is written then.</param>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.WriteFeaturesAsync"/>.</exception>
    public static async Task<WriteResult> WriteFeaturesAsync<TRow>(
        this IFeatureStore store, string featureGroup, IEnumerable<TRow> rows, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var table = FeatureTable.FromRows(rows);
        return await store.WriteFeaturesAsync(featureGroup, table, options, cancellationToken).ConfigureAwait(false);
    }
}
