using System.Collections.Immutable;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>One write to a group's table: rows are checked and written to new files as they come, and at the end one commit makes all of it visible.</summary>
internal sealed class TableWrite : IDisposable
{
    private readonly GroupFolder _folder;
    private readonly DeltaSnapshot? _start;
    private readonly FeatureGroupSchema _schema;
    private readonly WriteOptions _options;
    private readonly int _rowsAtOnce;
    private readonly NewFiles _files;
    private IReadOnlyList<StoredColumn>? _columns;
    private SortedFileWriter? _writer;
    private BackfillRange? _backfill;
    private MergeParts? _merge;
    private EngineFiles? _engineFiles;
    private long _rows;

    /// <summary>Begins a write.</summary>
    /// <param name="folder">Where the table is.</param>
    /// <param name="start">The newest snapshot; null where there is no table.</param>
    /// <param name="schema">The group.</param>
    /// <param name="options">How rows are written.</param>
    /// <param name="rowsAtOnce">How many rows may be in memory at once.</param>
    public TableWrite(GroupFolder folder, DeltaSnapshot? start, FeatureGroupSchema schema, WriteOptions options, int rowsAtOnce)
    {
        (_folder, _start, _schema, _options, _rowsAtOnce) = (folder, start, schema, options, rowsAtOnce);
        _files = new NewFiles(folder.Storage, folder.Path);
        if (start is not null && options.Mode is WriteMode.Merge or WriteMode.Backfill && !DeltaFeatures.IsOurs(start!.Protocol))
            throw folder.Log.Table.Unsupported("another program made it, and rows of its files have no place to keep the moment of their writing. Append or overwrite, or copy the table.");
    }

    /// <summary>Takes rows in; the caller disposes them.</summary>
    public async Task AddAsync(FeatureTable rows, CancellationToken cancellationToken)
    {
        if (_columns is null) Begin(rows);
        var batches = new Queue<RecordBatch>(IncomingRows.Check(_schema, _columns!, rows, _rows));
        try
        {
            while (batches.Count > 0)
            {
                _backfill?.Check(batches.Peek(), _rows);
                _rows += batches.Peek().Length;
                cancellationToken.ThrowIfCancellationRequested();
                if (_merge is not null) await _merge.AddAsync(batches.Dequeue(), cancellationToken).ConfigureAwait(false);
                else await _writer!.AddAsync(batches.Dequeue(), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var batch in batches) batch.Dispose();
        }
    }

    /// <summary>Says what an engine must write in place of the rows of a plan. A plan that lacks a column, or has one too many, is refused as rows are.</summary>
    public PlanFileTarget PlanFiles(RangePlan plan)
    {
        var outputs = new Schema([.. plan.Outputs.Select(output => ArrowTypes.ToField(output.Name, output.Column.Type))], null);
        using var none = FeatureTable.FromArrow(outputs, []);
        Begin(none);
        IncomingRows.Check(_schema, _columns!, none);
        _engineFiles = new EngineFiles(_folder);
        return new PlanFileTarget(_engineFiles.FullPath, _schema, _columns!, SortedFileWriter.RowsPerFile);
    }

    /// <summary>Takes in the files that an engine has written there, after a look at what they say of their rows.</summary>
    public async Task AddFilesAsync(IReadOnlyList<PlanFile> files, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            _files.Add(await _engineFiles!.OpenAsync(file, _schema, _columns!, _backfill, cancellationToken).ConfigureAwait(false));
            _rows += file.Rows;
        }
    }

    /// <summary>Commits. Without any rows, as with an empty stream, the types of undeclared keys must be known from an earlier write.</summary>
    public async Task<WriteResult> CommitAsync(CancellationToken cancellationToken)
    {
        if (_columns is null)
        {
            using var nothing = FeatureTable.FromArrow(new Schema([], null), []);
            Begin(nothing);
        }

        var (removed, mayAffect) = await ReplaceAsync(cancellationToken).ConfigureAwait(false);
        await _writer!.FlushAsync(cancellationToken).ConfigureAwait(false);

        var transaction = _folder.Log.Begin(_start, Operation, Dependency, mayAffect);
        var stored = StoredSchema.ToDelta(_columns!);
        if (_start is null || _start.Schema != stored) transaction.SetSchema(stored, description: _schema.Description);
        foreach (var file in removed) transaction.Remove(file);
        if (_options.TransactionId is { } id) transaction.Mark(id, 0);
        var result = await _files.CommitAsync(transaction, cancellationToken).ConfigureAwait(false);
        Committed = result.Snapshot;
        return new WriteResult(
            _schema.QualifiedName, result.Snapshot.Version, result.AlreadyWritten ? 0 : _rows, UtcTime.ToDateTimeOffset(result.Snapshot.LastCreatedTimeMicros), result.AlreadyWritten);
    }

    /// <summary>The snapshot that the commit made.</summary>
    public DeltaSnapshot? Committed { get; private set; }

    private string Operation => _options.Mode switch
    {
        WriteMode.Append => "WRITE",
        WriteMode.Overwrite => "OVERWRITE",
        WriteMode.Merge => "MERGE",
        _ => "BACKFILL",
    };

    private DeltaDependency Dependency => _options.Mode switch
    {
        WriteMode.Append => DeltaDependency.Nothing,
        WriteMode.Overwrite => DeltaDependency.AllRows,
        _ => DeltaDependency.AffectedRows,
    };

    public void Dispose()
    {
        _merge?.Dispose();
        _writer?.Dispose();
        _files.Dispose();
        if (!_files.AreKept) _engineFiles?.Delete();
    }

    private void Begin(FeatureTable rows)
    {
        var keyTypes = IncomingRows.KeyTypes(_schema, rows, GroupTable.StoredKeyTypes(_schema, _start));
        _columns = StoredColumn.All(_schema, keyTypes);
        if (_options.Range is { } range) _backfill = new BackfillRange(_schema, _columns, range);
        _writer = new SortedFileWriter(_folder.Storage, _folder.Path, _schema, _columns, _files)
        {
            RowsAtOnce = _rowsAtOnce,
        };
        if (_options.Mode == WriteMode.Merge) _merge = new MergeParts(_folder.Storage, _folder.Path, _schema, _columns) { RowsAtOnce = _rowsAtOnce };
    }

    /// <summary>Takes the rows out of the table that the new ones replace: the files that go, and which files of other writers would matter.</summary>
    private async Task<(IReadOnlyList<DeltaFile> Removed, Func<DeltaFile, DeltaSchema, bool>? MayAffect)> ReplaceAsync(CancellationToken cancellationToken)
    {
        switch (_options.Mode)
        {
            case WriteMode.Append:
                return ([], null);
            case WriteMode.Overwrite:
                return (FilesOf(_start), null);
            case WriteMode.Backfill:
                var affected = _backfill!.Affected;
                return (await RewriteAsync([.. FilesOf(_start).Where(file => affected.MayHold(file, _start!.Schema))], _backfill.ChooseAsync, cancellationToken).ConfigureAwait(false), affected.MayHold);
            default:
                return await MergeAsync(_merge!, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Merges part by part; the stored files are written anew when all parts have said which of their rows go.</summary>
    private async Task<(IReadOnlyList<DeltaFile> Removed, Func<DeltaFile, DeltaSchema, bool> MayAffect)> MergeAsync(MergeParts parts, CancellationToken cancellationToken)
    {
        var replaced = new ReplacedRows(_folder.Storage, _folder.Path);
        var affected = new List<AffectedFiles>();
        await foreach (var part in parts.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var own = AffectedFiles.OfKeys(part.KeyColumns, [.. part.KeyArrays]);
            await replaced.FindAsync(part, FilesOf(_start).Where(file => own.MayHold(file, _start!.Schema)), cancellationToken).ConfigureAwait(false);
            await _writer!.AddAsync(part.RowsToWrite(), cancellationToken).ConfigureAwait(false);
            await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            affected.Add(parts.IsSpilled ? own.WithoutKeys() : own); // All keys of all parts may be more than memory holds.
        }

        var removed = await RewriteAsync(replaced.Files, replaced.ChooseAsync, cancellationToken).ConfigureAwait(false);
        return (removed, (file, schema) => affected.Exists(part => part.MayHold(file, schema)));
    }

    private Task<IReadOnlyList<DeltaFile>> RewriteAsync(IReadOnlyList<DeltaFile> candidates, FileRewriter.Choice choose, CancellationToken cancellationToken) =>
        new FileRewriter(_folder.Storage, _folder.Path, _columns!).RewriteAsync(candidates, choose, _files, cancellationToken);

    private static ImmutableArray<DeltaFile> FilesOf(DeltaSnapshot? snapshot) => snapshot?.Files ?? [];
}
