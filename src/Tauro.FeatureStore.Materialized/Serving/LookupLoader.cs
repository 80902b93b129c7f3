using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads the state of a lookup from the tables of its groups.</summary>
/// <param name="features">The features, in the order in which they were asked for.</param>
/// <param name="uses">The groups; all have the same keys.</param>
/// <param name="readSnapshot">The newest snapshot of a group's table, and its version.</param>
/// <param name="clock">The clock.</param>
internal sealed class LookupLoader(
    IReadOnlyList<ResolvedFeature> features, IReadOnlyList<GroupUse> uses,
    Func<FeatureGroupSchema, CancellationToken, Task<(GroupSnapshot Snapshot, long? Version)>> readSnapshot, TimeProvider clock)
{
    public IReadOnlyList<string> FeatureNames { get; } = [.. features.Select(feature => feature.OutputName)];

    public IReadOnlyList<string> KeyNames { get; } = [.. uses[0].Group.EntityKeys.Select(key => key.Name)];

    /// <summary>The newest state; the known one where no table has changed.</summary>
    public async Task<LookupState> LoadAsync(LookupState? known, CancellationToken cancellationToken)
    {
        var moment = UtcTime.Now(clock);
        var snapshots = new List<(GroupSnapshot Snapshot, long? Version)>();
        foreach (var use in uses) snapshots.Add(await readSnapshot(use.Group, cancellationToken).ConfigureAwait(false));
        if (known is not null && snapshots.Select(snapshot => snapshot.Version).SequenceEqual(known.Versions)) return known;

        var groups = new List<LookupGroup>();
        var columns = new LookupColumn[features.Count];
        for (var i = 0; i < uses.Count; i++)
        {
            var (group, values) = await LoadGroupAsync(uses[i], snapshots[i].Snapshot, moment, cancellationToken).ConfigureAwait(false);
            groups.Add(group);
            for (var feature = 0; feature < features.Count; feature++)
                if (IndexOf(uses[i].Features, features[feature]) is >= 0 and var at)
                    columns[feature] = new LookupColumn(features[feature].OutputName, features[feature].Feature.DataType, i, values[at]);
        }

        return new LookupState([.. snapshots.Select(snapshot => snapshot.Version)], groups, columns, moment);
    }

    private static int IndexOf(IReadOnlyList<ResolvedFeature> members, ResolvedFeature feature)
    {
        for (var i = 0; i < members.Count; i++)
            if (ReferenceEquals(members[i], feature)) return i;
        return -1;
    }

    private static async Task<(LookupGroup Group, IReadOnlyList<IArrowArray> Values)> LoadGroupAsync(
        GroupUse use, GroupSnapshot snapshot, long moment, CancellationToken cancellationToken)
    {
        var planner = new RetrievalPlanner(RetrievalOptions.Default, [use], _ => snapshot);
        var keys = planner.ForEntities(moment).Single().Keys;
        DataType[] types = [.. keys.Select(key => key.Column.Type)];
        using var nobody = EntityUnion.Of([.. keys.Select(key => key.Name)], types, []);
        var read = planner.ForRows(nobody, null, moment).Reads[0];
        var source = await RowSource.OpenAsync(read.Rows.Source, cache: null, cancellationToken).ConfigureAwait(false);
        await using var opened = source.ConfigureAwait(false);
        var rows = await LatestRows.FindAsync(source, read, moment, cancellationToken).ConfigureAwait(false);
        var values = await RowGatherer.GatherAsync(source, rows.Places, [.. read.Outputs.Select(output => output.Column)], cancellationToken).ConfigureAwait(false);
        return (new LookupGroup(use.Group.EntityKeys, types, rows, read.Visibility.Lookback), values);
    }
}
