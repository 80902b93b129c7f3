using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Decides whether a write may follow a commit that came between it and the snapshot from which it was computed.</summary>
internal sealed class DeltaConflicts(DeltaTable table, string operation, long? startVersion, Func<DeltaFile, DeltaSchema, bool>? mayAffect)
{
    /// <summary>Throws where the two do not go together.</summary>
    /// <param name="ours">The actions of the write.</param>
    /// <param name="dependency">What it depends on.</param>
    /// <param name="before">The snapshot that the write has followed so far; null where it would make the table.</param>
    /// <param name="won">The commit that came between.</param>
    /// <param name="after">The snapshot of that commit.</param>
    public void Check(IReadOnlyList<DeltaAction> ours, DeltaDependency dependency, DeltaSnapshot? before, DeltaCommit won, DeltaSnapshot after)
    {
        var changesFiles = won.Actions.Any(action => action is DeltaAdd or DeltaRemove);
        if (dependency == DeltaDependency.AllRows && changesFiles)
            throw Conflict(won, "added or removed files, and this write was computed from all rows");
        if (dependency == DeltaDependency.AffectedRows && won.Actions.OfType<DeltaAdd>().FirstOrDefault(add => MayAffect(add, after)) is { } added)
            throw Conflict(won, $"added the file '{added.Path}', whose rows this write may have to replace");
        if (won.Actions.OfType<DeltaRemove>().FirstOrDefault(remove => ours.OfType<DeltaRemove>().Any(own => own.Path == remove.Path)) is { } removed)
            throw Conflict(won, $"removed the file '{removed.Path}', which this write replaces");

        var metadata = ours.OfType<DeltaMetadata>().FirstOrDefault();
        if (before is null) CheckCreation(metadata!, won, after);
        else CheckColumns(metadata, dependency, before, won, after);
    }

    private bool MayAffect(DeltaAdd add, DeltaSnapshot after) =>
        add.DataChange && after.FilesByPath.TryGetValue(add.Path, out var file) && (mayAffect is null || mayAffect(file, after.Schema));

    /// <summary>Two writers may both find no table and make it; the second one then appends, if both meant the same.</summary>
    private void CheckCreation(DeltaMetadata ours, DeltaCommit won, DeltaSnapshot after)
    {
        if (!MeansTheSame(ours, after.Metadata) || !DeltaFeatures.IsOurs(after.Protocol))
            throw Conflict(won, "made the table with another schema, configuration or protocol");
    }

    private void CheckColumns(DeltaMetadata? ours, DeltaDependency dependency, DeltaSnapshot before, DeltaCommit won, DeltaSnapshot after)
    {
        if (won.Actions.Any(action => action is DeltaProtocol)) throw Conflict(won, "changed the table's protocol");
        if (ours is not null && won.Actions.Any(action => action is DeltaAdd) && !DeltaSchemaJson.Read(table, ours.SchemaString).Extends(before.Schema))
            throw Conflict(won, "added files whose columns do not fit the schema of this write");
        if (!won.Actions.Any(action => action is DeltaMetadata)) return;
        if (dependency == DeltaDependency.AllRows || (ours is not null && !MeansTheSame(ours, after.Metadata)))
            throw Conflict(won, "changed the table's schema or configuration");
        if (!after.Schema.Extends(before.Schema)) throw Conflict(won, "changed the table's schema so that rows of the former one do not fit");
    }

    private static bool MeansTheSame(DeltaMetadata left, DeltaMetadata right) =>
        left.SchemaString == right.SchemaString && left.Configuration.Equals(right.Configuration) && left.PartitionColumns.Equals(right.PartitionColumns);

    private WriteConflictException Conflict(DeltaCommit won, string what) => table.Conflict(string.Create(CultureInfo.InvariantCulture,
        $"the write {operation}, begun {Start}, was not committed: version {won.Version} ({won.Info?.Operation ?? "of another program"}) {what}. ")
        + "Nothing of the write is visible. Read the table again and repeat it.");

    private string Start => startVersion is { } version ? string.Create(CultureInfo.InvariantCulture, $"at version {version}") : "before the table was made";
}
