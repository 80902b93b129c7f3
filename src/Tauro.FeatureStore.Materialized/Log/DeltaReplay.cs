using System.Collections.Immutable;
using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Makes a snapshot of an earlier one, or of nothing, and the commits after it.</summary>
internal sealed class DeltaReplay
{
    private readonly DeltaTable _table;
    private readonly ImmutableDictionary<string, DeltaFile>.Builder _files;
    private readonly ImmutableDictionary<string, DeltaTransactionId>.Builder _transactions;
    private readonly ImmutableDictionary<string, DeltaRemove>.Builder _tombstones;
    private readonly ImmutableArray<DeltaVersion>.Builder _history;
    private readonly ImmutableArray<DeltaFile>.Builder _added = ImmutableArray.CreateBuilder<DeltaFile>();
    private readonly DeltaSnapshot? _start;
    private bool _removed;
    private DeltaProtocol? _protocol;
    private DeltaMetadata? _metadata;

    public DeltaReplay(DeltaTable table, DeltaSnapshot? start)
    {
        _table = table;
        _start = start;
        _protocol = start?.Protocol;
        _metadata = start?.Metadata;
        _files = (start?.FilesByPath ?? ImmutableDictionary.Create<string, DeltaFile>(StringComparer.Ordinal)).ToBuilder();
        _transactions = (start?.Transactions ?? ImmutableDictionary.Create<string, DeltaTransactionId>(StringComparer.Ordinal)).ToBuilder();
        _tombstones = (start?.Tombstones ?? ImmutableDictionary.Create<string, DeltaRemove>(StringComparer.Ordinal)).ToBuilder();
        _history = (start?.History ?? []).ToBuilder();
    }

    private long? LastCreatedTime => _history.Count > 0 ? _history[^1].CreatedTimeMicros : null;

    public void Apply(DeltaCommit commit)
    {
        var created = commit.CreatedTimeMicros(LastCreatedTime);
        var adds = new List<(DeltaAdd Add, DeltaFile? Before)>();
        foreach (var action in commit.Actions)
        {
            switch (action)
            {
                case DeltaProtocol protocol: _protocol = protocol; break;
                case DeltaMetadata metadata: _metadata = metadata; break;
                case DeltaTransactionId transaction: _transactions[transaction.AppId] = transaction; break;
                case DeltaAdd add: adds.Add((add, _files.GetValueOrDefault(add.Path))); break;
            }
        }

        // The lines of a commit have no order. Where one both removes and adds a path, it changes what is said of the file, which stays.
        foreach (var remove in commit.Actions.OfType<DeltaRemove>())
        {
            _removed |= _files.Remove(remove.Path);
            _tombstones[remove.Path] = remove;
        }

        for (var place = 0; place < adds.Count; place++) Add(adds[place].Add, adds[place].Before, commit.Version, place, created);
        _history.Add(new DeltaVersion(commit.Version, created, commit.Info?.Operation));
    }

    /// <summary>Begins with a checkpoint.</summary>
    /// <param name="actions">All that is in force.</param>
    /// <param name="commit">The commit of the same version, which says when it was made.</param>
    public void Begin(IReadOnlyList<DeltaAction> actions, DeltaCommit commit)
    {
        Apply(new DeltaCommit(commit.Version, [.. actions.Where(action => action is not DeltaAdd)], commit.Modified) { Info = commit.Info });
        var adds = actions.OfType<DeltaAdd>().OrderBy(add => add.ModificationTime).ThenBy(add => add.Path, StringComparer.Ordinal).ToList();
        for (var place = 0; place < adds.Count; place++) Add(adds[place], null, commit.Version, place, adds[place].ModificationTime * DeltaTime.MicrosPerMilli);
    }

    public DeltaSnapshot ToSnapshot()
    {
        if (_protocol is null) throw _table.Damaged("its log names no protocol in the first commit. Restore the log.");
        DeltaFeatures.CheckReadable(_table, _protocol, _metadata ?? throw _table.Damaged("its log holds no metadata in the first commit. Restore the log."));
        DeltaFeatures.CheckUnpartitioned(_table, _metadata);
        // The snapshot before has none, or it would not be.
        DeltaFeatures.CheckDeletions(_table, _added.Where(file => file.HasDeletionVector && ReferenceEquals(_files.GetValueOrDefault(file.Path), file)).Select(file => file.Path));
        return new DeltaSnapshot
        {
            Version = _history[^1].Version,
            Protocol = _protocol,
            Metadata = _metadata,
            Schema = _start is not null && _start.Metadata.SchemaString == _metadata.SchemaString ? _start.Schema : DeltaSchemaJson.Read(_table, _metadata.SchemaString),
            Files = InWriteOrder(),
            FilesByPath = _files.ToImmutable(),
            Transactions = _transactions.ToImmutable(),
            Tombstones = _tombstones.ToImmutable(),
            History = _history.ToImmutable(),
        };
    }

    private void Add(DeltaAdd add, DeltaFile? before, long version, long place, long created)
    {
        var isOurs = add.Tags.ContainsKey(DeltaTags.CreatedTime);
        var keepsPlace = before is not null && !isOurs;
        var file = new DeltaFile
        {
            Path = add.Path,
            Size = add.Size,
            Rows = add.Rows,
            CommitVersion = keepsPlace ? before!.CommitVersion : Tag(add, DeltaTags.Version) ?? version,
            Ordinal = keepsPlace ? before!.Ordinal : Tag(add, DeltaTags.FileOrdinal) ?? place,
            CreatedTimeMicros = keepsPlace ? before!.CreatedTimeMicros : Tag(add, DeltaTags.CreatedTime) ?? created,
            Tags = add.Tags,
            StatisticsText = add.Stats,
            ModificationTime = add.ModificationTime,
            HasDeletionVector = add.HasDeletionVector,
        };
        _removed |= before is not null;
        _files[add.Path] = file;
        _tombstones.Remove(add.Path);
        _added.Add(file);
    }

    /// <summary>Appends, which are nearly all there is, cost no sorting of the files before them.</summary>
    private ImmutableArray<DeltaFile> InWriteOrder()
    {
        var before = _start?.Files ?? [];
        var files = !_removed
            ? _added.AsEnumerable()
            : before.Concat(_added).Where(file => ReferenceEquals(_files.GetValueOrDefault(file.Path), file));
        files = files.OrderBy(file => file.CommitVersion).ThenBy(file => file.Ordinal);
        return _removed ? [.. files] : before.AddRange(files);
    }

    private static long? Tag(DeltaAdd add, string name) =>
        add.Tags.TryGetValue(name, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
