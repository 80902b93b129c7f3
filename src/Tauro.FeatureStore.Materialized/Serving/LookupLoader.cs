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
    /// <summary>Later than all that is stored, and far enough from the end of time that a delay can be taken from it.</summary>
    private const long EndOfTime = long.MaxValue / 2;

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
        var every = planner.ForEntities(EndOfTime).Single();
        DataType[] types = [.. every.Keys.Select(key => key.Column.Type)];
        using var entities = await FindEntitiesAsync(every, types, cancellationToken).ConfigureAwait(false);

        // The entities' key columns outlive the table: the index compares keys with them.
        IArrowArray[] arrays = [.. Enumerable.Range(0, types.Length).Select(i => ArrowArrayFactory.SliceShared(entities.Batches[0].Column(i), 0, (int)entities.RowCount))];
        var keys = KeyColumns.Of(arrays, types);
        var index = EntityIndex.Build(keys, (int)entities.RowCount, out _);

        var plan = planner.ForRows(entities, null, moment);
        var read = plan.Reads[0];
        var source = await RowSource.OpenAsync(read.Rows.Source, cache: null, cancellationToken).ConfigureAwait(false);
        await using var opened = source.ConfigureAwait(false);
        var rows = await FindRowsAsync(plan, read, source, index, moment, cancellationToken).ConfigureAwait(false);
        var (starts, sorted) = Arrange(rows, index.Count);
        var values = await RowGatherer.GatherAsync(
            source, sorted.Select(row => row.Place).ToArray(), [.. read.Outputs.Select(output => output.Column)], cancellationToken).ConfigureAwait(false);
        var times = new LookupRows(starts, [.. sorted.Select(row => row.VisibleFrom)], [.. sorted.Select(row => row.EventTime)], read.Visibility.Lookback);
        return (new LookupGroup(index, use.Group.EntityKeys, types, times), values);
    }

    private static async Task<FeatureTable> FindEntitiesAsync(EntitiesPlan plan, DataType[] types, CancellationToken cancellationToken)
    {
        var batches = new List<RecordBatch>();
        try
        {
            var unlimited = plan with { Visibility = plan.Visibility with { Lookback = null } };
            await foreach (var batch in EntityReader.RunAsync(unlimited, cache: null, cancellationToken).ConfigureAwait(false)) batches.Add(batch);
            return EntityUnion.Of([.. plan.Keys.Select(key => key.Name)], types, batches);
        }
        finally
        {
            foreach (var batch in batches) batch.Dispose();
        }
    }

    /// <summary>The row that answers for each entity at the moment, however old, and all rows that become visible later.</summary>
    private static async Task<List<LookupCandidate>> FindRowsAsync(
        AsOfPlan plan, AsOfRead read, RowSource source, EntityIndex index, long moment, CancellationToken cancellationToken)
    {
        using var spine = new SpineRows(plan);
        var unlimited = read with { Visibility = read.Visibility with { Lookback = null } };
        var entities = spine.EntitiesOf(read.Keys);
        var matcher = await new AsOfSearch(spine, entities, unlimited, source).RunAsync(cancellationToken).ConfigureAwait(false);
        var answers = matcher.Complete();

        var rows = new List<LookupCandidate>(entities.SlotCount);
        for (var slot = 0; slot < entities.SlotCount; slot++)
            if (!answers.Places[slot].IsNone)
                rows.Add(new LookupCandidate(entities.Rows[slot], long.MinValue, answers.EventTimes[slot], long.MinValue, long.MinValue, answers.Places[slot]));
        if (read.Rows.EventTime is not null) await AddLaterAsync(rows, read, source, index, moment, cancellationToken).ConfigureAwait(false);
        return rows;
    }

    private static async Task AddLaterAsync(
        List<LookupCandidate> rows, AsOfRead read, RowSource source, EntityIndex index, long moment, CancellationToken cancellationToken)
    {
        var delay = read.Visibility.Delay;
        ColumnFilter[] filters = read.Rows.EventTime is { Type.Kind: DataTypeKind.Timestamp } column ? [ColumnFilter.Between(column, moment - delay + 1, long.MaxValue)] : [];
        for (var chunk = 0; chunk < source.Chunks.Count; chunk++)
        {
            foreach (var range in source.Find(chunk, filters))
            {
                using var times = await ChunkTimes.ReadAsync(source, chunk, range, read.Rows, AsOfMatcher.WithCreated(read), cancellationToken).ConfigureAwait(false);
                if (!times.EventTimes.ContainsAnyExceptInRange(long.MinValue, moment - delay)) continue;
                using var keys = await ChunkKeys.ReadAsync(source, chunk, range, read.Keys, cancellationToken).ConfigureAwait(false);
                using var notNull = read.NotNull is null ? null : await source.ReadAsync(chunk, read.NotNull, range, cancellationToken).ConfigureAwait(false);
                var entities = new int[range.Count];
                index.Find(keys.Columns, entities);
                for (var row = 0; row < entities.Length; row++)
                {
                    var eventTime = times.EventTimes[row];
                    if (eventTime <= moment - delay || entities[row] == EntityIndex.None || notNull?.IsNull(row) == true) continue;
                    var createdTime = read.Rows.CreatedTime is null ? 0 : times.CreatedTimes[row];
                    rows.Add(new LookupCandidate(entities[row], eventTime + delay, eventTime, createdTime, times.SequenceOf(row), new RowPlace(chunk, range.From + row)));
                }
            }
        }
    }

    private static (int[] Starts, LookupCandidate[] Rows) Arrange(List<LookupCandidate> rows, int entities)
    {
        LookupCandidate[] sorted = [.. rows];
        System.Array.Sort(sorted);
        var starts = new int[entities + 1];
        foreach (var row in sorted) starts[row.Entity + 1]++;
        for (var entity = 0; entity < entities; entity++) starts[entity + 1] += starts[entity];
        return (starts, sorted);
    }
}
