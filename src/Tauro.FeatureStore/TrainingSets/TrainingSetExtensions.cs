namespace Tauro.FeatureStore;

/// <summary>Training sets that are saved under a name and made again, value for value.</summary>
public static class TrainingSetExtensions
{
    /// <summary>
    /// Saves a training set in the registry: the features with the versions of their groups, the version of each table, the options, and fingerprints of the spine and of
    /// the answer, for which the training set is made once and not kept. The same again under the same name changes nothing; anything else is the next version.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="name">The name: ASCII letters, digits and underscores, starting with a letter.</param>
    /// <param name="featureNames">The features wanted.</param>
    /// <param name="spine">Entity keys, a time for each row, and any other columns, such as labels.</param>
    /// <param name="timeColumn">The column of the spine that holds the times.</param>
    /// <param name="options">How rows are chosen; null for the defaults. Tables are read in the version that is the newest now, or that the options name.</param>
    /// <param name="cancellationToken">Stops the call; nothing is saved then.</param>
    /// <returns>What was saved.</returns>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.GetFeaturesAsync"/>.</exception>
    public static async Task<SavedTrainingSet> SaveTrainingSetAsync(
        this IFeatureStore store, string name, IReadOnlyList<FeatureReference> featureNames, FeatureTable spine, string timeColumn = FeatureRequest.DefaultTimeColumn,
        RetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        Identifier.CheckGroup(name);
        var request = FeatureRequest.ForSpine(featureNames, spine, timeColumn) with { Options = options ?? RetrievalOptions.Default };
        var features = await FeatureResolver.ResolveAsync(store.Metadata, featureNames, cancellationToken).ConfigureAwait(false);
        var asked = request.Options;
        var versions = new Dictionary<string, long?>();
        foreach (var group in features.Select(feature => feature.Group.QualifiedName).Distinct())
        {
            var version = await store.GetTableVersionAsync(group, asked.AsOfTimestamp, cancellationToken).ConfigureAwait(false);
            if (version is null && (asked.AsOfTimestamp is not null || asked.AsOfVersion is not null))
                throw new SchemaValidationException($"The features of '{group}' are computed and have no earlier versions; leave AsOfVersion and AsOfTimestamp out.") { FeatureGroup = group };
            versions[group] = asked.AsOfVersion ?? version;
        }

        if (asked.AsOfVersion is not null && versions.Count > 1)
            throw new SchemaValidationException("AsOfVersion is the version of one group's table, and the request has several groups. Use AsOfTimestamp.");
        var pinned = new List<FeatureReference>();
        foreach (var feature in features) pinned.Add(await PinAsync(store, feature, asked, cancellationToken).ConfigureAwait(false));
        var set = new SavedTrainingSet(name, version: 1)
        {
            Features = pinned,
            TimeColumn = timeColumn,
            Options = asked with { AsOfVersion = null, AsOfTimestamp = null, Store = null },
            TableVersions = versions,
            Spine = TableFingerprint.Of(spine),
            Answer = new TableFingerprint(0, []),
        };
        using var answer = await store.GetFeaturesAsync(RequestOf(set, spine), cancellationToken).ConfigureAwait(false);
        return await store.Metadata.SaveTrainingSetAsync(set with { Answer = TableFingerprint.Of(answer, spine.ColumnCount) }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes a saved training set again: the same values for the same spine, whatever was written, merged or compacted since. Features that are computed have no version to
    /// go back to: they are computed again, and refused where they come out otherwise.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="name">The name, as <c>name</c> for the latest version or <c>name@version</c>.</param>
    /// <param name="spine">The spine with which it was saved.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <returns>The training set: the spine's columns, then the features.</returns>
    /// <exception cref="FeatureRegistryException">No training set was saved under that name; the message lists those that were.</exception>
    /// <exception cref="SchemaValidationException">The spine is another one; the message says what differs.</exception>
    /// <exception cref="FeatureMaterializationException">A table's version is gone, or a file of it was changed; the message says which.</exception>
    /// <exception cref="FeatureStoreException">Computed features came out otherwise, or as for <see cref="IFeatureStore.GetFeaturesAsync"/>.</exception>
    public static async Task<FeatureTable> RunTrainingSetAsync(this IFeatureStore store, string name, FeatureTable spine, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(spine);
        var set = await store.Metadata.ResolveTrainingSetAsync(name, cancellationToken).ConfigureAwait(false);
        if (set.Spine.DifferenceOf(TableFingerprint.Of(spine)) is { } other)
            throw new SchemaValidationException($"The spine is not the one with which the training set '{set.QualifiedName}' was saved: {other}. Give that spine, or save another training set.");
        var table = await MakeAsync(store, set, spine, cancellationToken).ConfigureAwait(false);
        if (set.Answer.DifferenceOf(TableFingerprint.Of(table, spine.ColumnCount)) is not { } difference) return table;
        table.Dispose();
        throw Changed(set, difference);
    }

    private static async Task<FeatureTable> MakeAsync(IFeatureStore store, SavedTrainingSet set, FeatureTable spine, CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetFeaturesAsync(RequestOf(set, spine), cancellationToken).ConfigureAwait(false);
        }
        catch (FeatureMaterializationException gone)
        {
            throw new FeatureMaterializationException($"The training set '{set.QualifiedName}' cannot be made again: {gone.Message}", gone) { FeatureGroup = gone.FeatureGroup };
        }
    }

    private static FeatureRequest RequestOf(SavedTrainingSet set, FeatureTable spine) => FeatureRequest.ForSpine(set.Features, spine, set.TimeColumn) with
    {
        Options = set.Options with { TableVersions = ValueMap<long>.Of(set.TableVersions.Where(table => table.Value is not null).Select(table => KeyValuePair.Create(table.Key, table.Value!.Value))) },
    };

    /// <summary>The feature with all that may change later: its version, and which of two stores answers it.</summary>
    private static async Task<FeatureReference> PinAsync(IFeatureStore store, ResolvedFeature feature, RetrievalOptions options, CancellationToken cancellationToken) =>
        new(feature.Feature.Name, feature.Group.Name, feature.Group.Version)
        {
            Alias = feature.Reference.Alias,
            SkipNulls = feature.Reference.SkipNulls,
            KeyColumns = feature.Reference.KeyColumns,
            Store = store is CompositeFeatureStore composite ? await composite.FindStoreAsync(feature, options, cancellationToken).ConfigureAwait(false) : feature.Reference.Store,
        };

    private static FeatureStoreException Changed(SavedTrainingSet set, string difference)
    {
        string[] computed =
        [
            .. set.Features.Where(feature => feature.Store == StoreKind.Virtualized).Select(feature => $"{feature.Group}@{feature.Version}")
                .Union(set.TableVersions.Where(table => table.Value is null).Select(table => table.Key)),
        ];
        return computed.Length == 0
            ? new FeatureMaterializationException(
                $"The training set '{set.QualifiedName}' does not come out as it was saved: {difference}. Its tables have the versions that were saved, so files of {string.Join(", ", set.TableVersions.Keys)} were replaced.")
            : new FeatureStoreException(
                $"The training set '{set.QualifiedName}' does not come out as it was saved: {difference}. The features of {string.Join(", ", computed)} are computed when they are read and have no version to go back to: "
                + "their definitions, or the tables that those read, have changed. Materialize them to have training sets that can be made again.");
    }
}
