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
    private readonly bool _isStream;
    private readonly NewFiles _files;
    private readonly List<RecordBatch> _merging = [];
    private IReadOnlyList<StoredColumn>? _columns;
    private SortedFileWriter? _writer;
    private BackfillRange? _backfill;
    private long _rows;

    public TableWrite(GroupFolder folder, DeltaSnapshot? start, FeatureGroupSchema schema, WriteOptions options, bool isStream)
    {
        (_folder, _start, _schema, _options, _isStream) = (folder, start, schema, options, isStream);
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
                if (_options.Mode == WriteMode.Merge) _merging.Add(batches.Dequeue());
                else await _writer!.AddAsync(batches.Dequeue(), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var batch in batches) batch.Dispose();
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

        var (removed, affected) = await ReplaceAsync(cancellationToken).ConfigureAwait(false);
        await _writer!.FlushAsync(cancellationToken).ConfigureAwait(false);

        var transaction = _folder.Log.Begin(_start, Operation, Dependency, affected is null ? null : affected.MayHold);
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
        foreach (var batch in _merging) batch.Dispose();
        _writer?.Dispose();
        _files.Dispose();
    }

    private void Begin(FeatureTable rows)
    {
        var keyTypes = IncomingRows.KeyTypes(_schema, rows, GroupTable.StoredKeyTypes(_schema, _start));
        _columns = StoredColumn.All(_schema, keyTypes);
        if (_options.Range is { } range) _backfill = new BackfillRange(_schema, _columns, range);
        _writer = new SortedFileWriter(_folder.Storage, _folder.Path, _schema, _columns, _files)
        {
            RowsAtOnce = _isStream ? SortedFileWriter.RowsOfStream : SortedFileWriter.RowsInMemory,
        };
    }

    /// <summary>Takes the rows out of the table that the new ones replace: the files that go, and which files of other writers would matter.</summary>
    private async Task<(IReadOnlyList<DeltaFile> Removed, AffectedFiles? Affected)> ReplaceAsync(CancellationToken cancellationToken)
    {
        switch (_options.Mode)
        {
            case WriteMode.Append:
                return ([], null);
            case WriteMode.Overwrite:
                return (FilesOf(_start), null);
            case WriteMode.Backfill:
                return (await RewriteAsync(_backfill!.Affected, _backfill.ChooseAsync, cancellationToken).ConfigureAwait(false), _backfill.Affected);
            default:
                using (var merge = MergeRows.Of(_merging, _schema, _columns!))
                {
                    var affected = AffectedFiles.OfKeys(merge.KeyColumns, [.. merge.KeyArrays]);
                    var removed = await RewriteAsync(affected, merge.ChooseAsync, cancellationToken).ConfigureAwait(false);
                    await _writer!.AddAsync(merge.RowsToWrite(), cancellationToken).ConfigureAwait(false);
                    await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                    return (removed, affected);
                }
        }
    }

    private Task<IReadOnlyList<DeltaFile>> RewriteAsync(AffectedFiles affected, FileRewriter.Choice choose, CancellationToken cancellationToken) =>
        new FileRewriter(_folder.Storage, _folder.Path, _columns!).RewriteAsync(
            [.. FilesOf(_start).Where(file => affected.MayHold(file, _start!.Schema))], choose, _files, cancellationToken);

    private static ImmutableArray<DeltaFile> FilesOf(DeltaSnapshot? snapshot) => snapshot?.Files ?? [];
}
