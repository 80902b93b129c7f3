using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore;

public sealed partial class MaterializedFeatureStore
{
    /// <summary>
    /// Reads the latest values of features into memory for serving, where one entity is answered in microseconds. The lookup follows its tables in the
    /// background until it is disposed.
    /// </summary>
    /// <param name="features">The features, of groups with the same entity keys.</param>
    /// <param name="options">How the tables are followed; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FeatureNotFoundException">A feature is not registered, or its name stands for several.</exception>
    /// <exception cref="FeatureGroupNotFoundException">A group or its version is not registered.</exception>
    /// <exception cref="SchemaValidationException">The groups have different keys, or none, or two features the same output name.</exception>
    public async Task<FeatureLookup> CreateLookupAsync(
        IReadOnlyList<FeatureReference> features, LookupOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Count == 0) throw new SchemaValidationException("The lookup names no features; name at least one.");
        var resolved = await FeatureResolver.ResolveAsync(Metadata, features, cancellationToken).ConfigureAwait(false);
        var uses = GroupUse.Of(resolved, _ => null);
        CheckLookupKeys(uses);
        OutputNames.Check(resolved, uses, uses[0].Group.EntityKeys.Select(key => key.Name), withMatches: false);
        var loader = new LookupLoader(resolved, uses, ReadSnapshotAsync, Context.TimeProvider);
        return await FeatureLookup.StartAsync(loader, options ?? new LookupOptions(), Context.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    private static void CheckLookupKeys(IReadOnlyList<GroupUse> uses)
    {
        var names = uses[0].Group.EntityKeys.Select(key => key.Name).ToArray();
        foreach (var use in uses)
        {
            if (use.Group.EntityKeys.Count == 0)
                throw new SchemaValidationException($"The group '{use.Group.QualifiedName}' has no entity keys to look up by; read it with GetFeaturesAsync.") { FeatureGroup = use.Group.Name };
            if (use.KeyColumns.Count > 0)
                throw new SchemaValidationException($"A lookup is by the keys themselves, and a reference to '{use.Group.QualifiedName}' maps them to other columns.") { FeatureGroup = use.Group.Name };
            if (!use.Group.EntityKeys.Select(key => key.Name).SequenceEqual(names))
                throw new SchemaValidationException(
                    $"'{uses[0].Group.QualifiedName}' has the entity keys ({string.Join(", ", names)}), and '{use.Group.QualifiedName}' "
                    + $"({string.Join(", ", use.Group.EntityKeys.Select(key => key.Name))}). Make a lookup for each.")
                {
                    FeatureGroup = use.Group.Name,
                };
        }
    }

    private async Task<(GroupSnapshot Snapshot, long? Version)> ReadSnapshotAsync(FeatureGroupSchema schema, CancellationToken cancellationToken)
    {
        var table = TableOf(schema);
        var snapshot = await Guard(schema, () => table.ReadSnapshotAsync(cancellationToken)).ConfigureAwait(false);
        return (table.ToSource(schema, snapshot), snapshot?.Version);
    }
}
