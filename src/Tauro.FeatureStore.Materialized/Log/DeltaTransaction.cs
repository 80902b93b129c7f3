using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// One write: collected, then committed whole. Where other writers were faster it follows them if they go together with it, and only its line of JSON is
/// written again: the data files carry neither a version nor a created time.
/// </summary>
internal sealed class DeltaTransaction
{
    private static readonly string Engine = $"Tauro.FeatureStore/{typeof(DeltaLog).Assembly.GetName().Version?.ToString(3)}";

    private readonly DeltaLog _log;
    private readonly TimeProvider _time;
    private readonly DeltaSnapshot? _start;
    private readonly string _operation;
    private readonly DeltaDependency _dependency;
    private readonly Func<DeltaFile, DeltaSchema, bool>? _mayAffect;
    private readonly string _id = Guid.NewGuid().ToString();
    private readonly List<DeltaNewFile> _adds = [];
    private readonly List<DeltaAdd> _returning = [];
    private readonly Dictionary<string, DeltaFile> _removes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _addedPaths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _applications = new(StringComparer.Ordinal);
    private DeltaMetadata? _metadata;
    private DeltaSchema? _schema;
    private bool _isDone;

    internal DeltaTransaction(DeltaLog log, TimeProvider time, DeltaSnapshot? start, string operation, DeltaDependency dependency, Func<DeltaFile, DeltaSchema, bool>? mayAffect = null)
    {
        _log = log;
        _time = time;
        _start = start;
        _operation = operation;
        _dependency = dependency;
        _mayAffect = mayAffect;
        _schema = start?.Schema;
    }

    /// <summary>Whether the rows of the table stay the same and are only arranged anew.</summary>
    public bool OnlyRearranges { get; init; }

    /// <summary>Whether a commit that failed may be visible all the same, as when the disk failed after its name was made. Its files must then stay.</summary>
    public bool MayBeCommitted { get; private set; }

    /// <summary>What the table's history says of the write beside its name.</summary>
    public ValueMap<string> Parameters { get; init; } = ValueMap<string>.Empty;

    /// <summary>Gives the table its schema, or another, for the files that are added after.</summary>
    /// <param name="schema">All columns.</param>
    /// <param name="configuration">All settings; those that the table has, where null.</param>
    /// <param name="description">The table's description; the one that it has, where null.</param>
    public void SetSchema(DeltaSchema schema, IEnumerable<KeyValuePair<string, string>>? configuration = null, string? description = null)
    {
        if (_start is not null && !DeltaFeatures.IsOurs(_start.Protocol))
            throw _log.Table.Unsupported("another program made it, and its schema may hold what this library does not know. Change the schema with that program.");
        if (_adds.Count > 0) throw new InvalidOperationException("The schema of a write is set before its files are added.");
        _schema = schema;
        _metadata = (_start?.Metadata ?? new DeltaMetadata { Id = Guid.NewGuid().ToString(), SchemaString = "", Name = _log.Table.FeatureGroup }) with
        {
            SchemaString = DeltaSchemaJson.Write(schema),
            Configuration = configuration is null ? _start?.Configuration ?? ValueMap<string>.Empty : ValueMap<string>.Of(configuration),
            Description = description ?? _start?.Metadata.Description,
        };
        DeltaFeatures.CheckWritable(_log.Table, _start?.Protocol ?? DeltaFeatures.NewTable, _metadata); // A setting may put a feature in force.
        if (_start is not null && _metadata.Equals(_start.Metadata)) _metadata = null;
    }

    /// <summary>Adds a data file that lies in the table's folder, durable under its final name. Files are in write order as they are added.</summary>
    public void Add(DeltaNewFile file)
    {
        if (_schema is null) throw new InvalidOperationException("A new table needs a schema before its first file.");
        if (!_addedPaths.Add(file.Path) || _start?.FilesByPath.ContainsKey(file.Path) == true)
            throw new InvalidOperationException($"The data file '{file.Path}' is in the table already.");
        _adds.Add(file);
    }

    /// <summary>Brings a file of an earlier snapshot back as it was.</summary>
    public void AddBack(DeltaFile file)
    {
        if (!_addedPaths.Add(file.Path)) throw new InvalidOperationException($"The data file '{file.Path}' is brought back twice.");
        _returning.Add(file.ToAction() with { DataChange = true });
    }

    /// <summary>Removes a file of the snapshot that the write began from.</summary>
    public void Remove(DeltaFile file)
    {
        if (_start?.FilesByPath.ContainsKey(file.Path) != true) throw new InvalidOperationException($"The data file '{file.Path}' is not in the table.");
        if (_dependency == DeltaDependency.Nothing) throw new InvalidOperationException("A write that removes files depends on them; say so where it begins.");
        _removes[file.Path] = file;
    }

    /// <summary>Marks the write, so that a repetition of it with the same mark commits nothing.</summary>
    public void Mark(string appId, long version) => _applications[appId] = version;

    /// <summary>Commits, after however many others.</summary>
    /// <exception cref="WriteConflictException">A commit came between with which this one does not go together.</exception>
    public async Task<DeltaCommitResult> CommitAsync(CancellationToken cancellationToken)
    {
        if (_isDone) throw new InvalidOperationException("A write is committed once; begin another.");
        _isDone = true;
        if (_start is null && _metadata is null) throw new InvalidOperationException("A new table needs a schema.");
        if (_start is not null && !_schema!.Extends(_start.Schema) && _removes.Count < _start.Files.Length)
            throw new InvalidOperationException("The files that stay in the table do not fit its new schema; remove them in the same write.");

        if (_adds.Count > WriteSequence.MaxFilesInCommit)
            throw _log.Table.Refused(string.Create(CultureInfo.InvariantCulture, $"the write has {_adds.Count} files, and one commit takes {WriteSequence.MaxFilesInCommit}. Write in several parts."));
        if (_adds.FirstOrDefault(file => file.Rows > WriteSequence.MaxRowsInFile) is { } large) throw new InvalidOperationException($"The data file '{large.Path}' has too many rows.");

        var conflicts = new DeltaConflicts(_log.Table, _operation, _start?.Version, _mayAffect);
        for (var current = _start; ;)
        {
            if (IsWritten(current)) return new DeltaCommitResult(current!, AlreadyWritten: true);
            if (current is not null) CheckWritable(current);
            var version = current?.Version + 1 ?? 0;
            if (version > WriteSequence.MaxVersion) throw _log.Table.Refused("it has as many versions as a table can have. Copy it into a new one.");
            var actions = MakeActions(current, version);
            if (await TryCommitAsync(version, actions, cancellationToken).ConfigureAwait(false))
                return new DeltaCommitResult(_log.Replay(current, [new DeltaCommit(version, actions, null)]), AlreadyWritten: false);

            var winners = await _log.ReadCommitsAsync(current?.Version, null, cancellationToken).ConfigureAwait(false);
            if (winners.Count == 0) throw _log.Table.Damaged($"the commit '{DeltaFileName.Commit(version)}' is there and cannot be read. Restore that file of the log.");
            foreach (var won in winners)
            {
                var after = _log.Replay(current, [won]);
                if (won.Info?.TransactionId == _id) return new DeltaCommitResult(after, AlreadyWritten: false);
                if (!IsWritten(after)) conflicts.Check(actions, _dependency, current, won, after);
                current = after;
                actions.RemoveAll(action => action is DeltaMetadata && _start is null); // The table is made; from here on this write appends.
            }
        }
    }

    private async Task<bool> TryCommitAsync(long version, IReadOnlyList<DeltaAction> actions, CancellationToken cancellationToken)
    {
        try
        {
            return await _log.TryCommitAsync(version, actions, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not FeatureStoreException)
        {
            MayBeCommitted = await _log.MayHoldAsync(version, _id).ConfigureAwait(false);
            if (!MayBeCommitted) throw;
            throw new FeatureMaterializationException(string.Create(CultureInfo.InvariantCulture,
                $"{_log.Table}: whether version {version} was committed by this write ({_operation}) is not certain: {failure.Message} Read the table to see; a write with a transaction id may be repeated."), failure)
            {
                FeatureGroup = _log.Table.FeatureGroup,
            };
        }
    }

    private bool IsWritten(DeltaSnapshot? snapshot) => snapshot is not null && _applications.Any(
        application => snapshot.Transactions.TryGetValue(application.Key, out var mark) && mark.Version >= application.Value);

    private void CheckWritable(DeltaSnapshot current)
    {
        DeltaFeatures.CheckWritable(_log.Table, current.Protocol, current.Metadata);
        if (_removes.Count > 0 && !OnlyRearranges && DeltaFeatures.IsAppendOnly(current.Metadata))
            throw _log.Table.Refused($"its setting '{DeltaFeatures.AppendOnlySetting}' forbids to remove rows. Append instead, or change the setting.");
    }

    private List<DeltaAction> MakeActions(DeltaSnapshot? current, long version)
    {
        var now = UtcTime.FromDateTimeOffset(_time.GetUtcNow());
        var created = Math.Max(now, current?.LastCreatedTimeMicros + 1 ?? now);
        if (!DeltaTime.IsInRange(created)) throw _log.Table.Damaged("its newest commit states a time at the end of the year 9999, and none can follow it. Restore the log.");
        var millis = DeltaTime.Millis(created);
        var actions = new List<DeltaAction>(_adds.Count + _removes.Count + _applications.Count + 3)
        {
            new DeltaCommitInfo
            {
                Timestamp = millis,
                CreatedTimeMicros = created,
                Operation = _operation,
                OperationParameters = Parameters,
                OperationMetrics = Metrics(),
                ReadVersion = current?.Version,
                IsBlindAppend = _dependency == DeltaDependency.Nothing && _metadata is null,
                EngineInfo = Engine,
                TransactionId = _id,
            },
        };
        if (version == 0) actions.Add(DeltaFeatures.NewTable);
        // Whoever found no table, and finds now that another writer has made the same one, appends to it.
        if (_metadata is not null && (version == 0 || _start is not null))
            actions.Add(_metadata with { CreatedTime = _metadata.CreatedTime ?? millis });
        foreach (var (appId, number) in _applications) actions.Add(new DeltaTransactionId(appId, number, millis));
        foreach (var file in _removes.Values) actions.Add(new DeltaRemove(file.Path, millis, !OnlyRearranges, file.Size));
        actions.AddRange(_returning);
        for (var ordinal = 0; ordinal < _adds.Count; ordinal++) actions.Add(_adds[ordinal].ToAction(_schema!, created, version, ordinal, !OnlyRearranges));
        return actions;
    }

    private ValueMap<string> Metrics() => new(
    [
        Metric("numFiles", _adds.Count + _returning.Count),
        Metric("numOutputRows", _adds.Sum(file => file.Rows)),
        Metric("numOutputBytes", _adds.Sum(file => file.Size)),
        Metric("numRemovedFiles", _removes.Count),
    ]);

    private static KeyValuePair<string, string> Metric(string name, long value) => new(name, value.ToString(CultureInfo.InvariantCulture));
}

/// <summary>What became of a write.</summary>
/// <param name="Snapshot">The table with the write in it.</param>
/// <param name="AlreadyWritten">Whether an earlier write with the same mark had brought it, so that nothing was committed now.</param>
internal sealed record DeltaCommitResult(DeltaSnapshot Snapshot, bool AlreadyWritten);
