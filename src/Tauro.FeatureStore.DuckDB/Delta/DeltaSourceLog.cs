using System.Text;
using Apache.Arrow;
using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore.Engines;

/// <summary>The log of a Delta table that somebody writes, and this process only reads. Used by one thread at a time.</summary>
internal sealed class DeltaSourceLog(string folder)
{
    private readonly string _log = Path.Combine(folder, DeltaFileName.Folder);
    private DeltaVersionFiles _known = DeltaVersionFiles.None;
    private DateTime _knownWritten;

    /// <summary>The table as messages name it.</summary>
    public DeltaTable Table { get; } = new(FeatureGroup: null, folder);

    /// <summary>The newest version. Where it is the one that was read before, that costs two looks for a file.</summary>
    /// <param name="session">Reads checkpoints.</param>
    /// <exception cref="FeatureStoreException">There is no table, its log is damaged, or it needs what this library does not have.</exception>
    public DeltaVersionFiles ReadNewest(DuckDBSession session)
    {
        // A table that was deleted and made again has other files under the same names.
        var isKnown = _known.Version >= 0 && File.GetLastWriteTimeUtc(PathOf(_known.Version)) == _knownWritten;
        if (isKnown && !File.Exists(PathOf(_known.Version + 1))) return _known;
        var newest = isKnown ? _known : ReadBegin(session);
        while (File.Exists(PathOf(newest.Version + 1))) newest = newest.With(newest.Version + 1, ReadCommit(newest.Version + 1));
        Check(newest);
        (_known, _knownWritten) = (newest, File.GetLastWriteTimeUtc(PathOf(newest.Version)));
        return newest;
    }

    /// <summary>The newest version, from the newest checkpoint on, or from the first commit.</summary>
    private DeltaVersionFiles ReadBegin(DuckDBSession session)
    {
        string[] names = Directory.Exists(_log) ? [.. Directory.EnumerateFiles(_log).Select(file => Path.GetFileName(file)!)] : [];
        var last = names.Select(name => DeltaFileName.TryParseCommit(name, out var version) ? version : -1).DefaultIfEmpty(-1).Max();
        var checkpoint = names.Select(name => DeltaFileName.TryParseCheckpoint(name, out var version) ? version : -1).DefaultIfEmpty(-1).Max();
        if (checkpoint < 0 && !names.Contains(DeltaFileName.Commit(0))) throw Incomplete(names);
        var read = checkpoint < 0 ? DeltaVersionFiles.None : DeltaVersionFiles.None.With(checkpoint, ReadCheckpoint(DeltaFileName.Checkpoint(checkpoint), session));
        while (read.Version < last) read = read.With(read.Version + 1, ReadCommit(read.Version + 1));
        return read;
    }

    private FeatureStoreException Incomplete(string[] names)
    {
        if (names.Any(DeltaFileName.IsCheckpoint))
            return Table.Unsupported("the first commits of its log were removed, and what is left begins with a checkpoint of several files or of version 2, which this library does not read. "
                + "Give a copy of the table whose log is complete.");
        return names.Any(name => DeltaFileName.TryParseCommit(name, out _))
            ? Table.Damaged($"the commit '{DeltaFileName.Commit(0)}' is missing. Restore that file of the log.")
            : new VirtualizationQueryException($"{Table}: there is no table, because its folder '{DeltaFileName.Folder}' has no commit. Give the folder in which '{DeltaFileName.Folder}' lies.");
    }

    private IReadOnlyList<DeltaAction> ReadCommit(long version)
    {
        var name = DeltaFileName.Commit(version);
        return File.Exists(PathOf(version))
            ? DeltaActionReader.Read(Table, name, File.ReadAllBytes(PathOf(version)))
            : throw Table.Damaged($"the commit '{name}' is missing between others. Restore that file of the log.");
    }

    /// <summary>A checkpoint is a Parquet file with a row for each action: DuckDB writes each as the line of a commit that it stands for.</summary>
    private IReadOnlyList<DeltaAction> ReadCheckpoint(string name, DuckDBSession session)
    {
        const string Lines = "SELECT CAST(to_json(action) AS VARCHAR) FROM (SELECT add, metaData, protocol FROM read_parquet(CAST($file AS VARCHAR))) AS action";
        var lines = new StringBuilder();
        try
        {
            using var cursor = session.Open(Lines, new Dictionary<string, object?> { ["file"] = DuckDBDialect.LiteralPath(Path.Combine(_log, name)) });
            while (cursor.Read() is { } batch)
                using (batch)
                    for (var row = 0; row < batch.Length; row++) lines.Append(((StringArray)batch.Column(0)).GetString(row)).Append('\n');
        }
        catch (DuckDBEngineException unreadable)
        {
            throw Table.Damaged($"the checkpoint '{name}' cannot be read: {unreadable.Message.TrimEnd('.')}. Restore that file of the log.");
        }

        return DeltaActionReader.Read(Table, name, Encoding.UTF8.GetBytes(lines.ToString()));
    }

    private void Check(DeltaVersionFiles version)
    {
        if (version.Protocol is null) throw Table.Damaged("its log names no protocol in the first commit. Restore the log.");
        DeltaFeatures.CheckReadable(Table, version.Protocol, version.Metadata ?? throw Table.Damaged("its log holds no metadata in the first commit. Restore the log."));
        DeltaFeatures.CheckDeletions(Table, version.Files.Values.Where(file => file.HasDeletionVector).Select(file => file.Path));
    }

    private string PathOf(long version) => Path.Combine(_log, DeltaFileName.Commit(version));
}
