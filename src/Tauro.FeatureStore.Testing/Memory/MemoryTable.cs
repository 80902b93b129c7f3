using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Testing.Memory;

/// <summary>The table of one group version: every version of its rows, and the identities of the writes.</summary>
internal sealed class MemoryTable
{
    private const long TransactionRetention = 30 * UtcTime.MicrosecondsPerDay;

    private readonly Lock _lock = new();
    private readonly List<MemorySnapshot> _versions = [];
    private readonly Dictionary<string, long> _transactions = new(StringComparer.Ordinal);

    public MemorySnapshot? Newest
    {
        get
        {
            lock (_lock) return _versions.Count == 0 ? null : _versions[^1];
        }
    }

    public bool HasTransaction(string id, long now)
    {
        lock (_lock) return _transactions.TryGetValue(id, out var written) && now - written < TransactionRetention;
    }

    /// <summary>The snapshot of a version, or the newest one of a moment; null where nothing was written by then.</summary>
    public MemorySnapshot? Find(long? version, DateTimeOffset? moment)
    {
        lock (_lock)
        {
            if (moment is { } at) return _versions.LastOrDefault(snapshot => snapshot.CreatedTime <= UtcTime.FromDateTimeOffset(at));
            return version is >= 0 && version < _versions.Count
                ? _versions[(int)version.Value]
                : throw new FeatureMaterializationException(string.Create(CultureInfo.InvariantCulture, $"The table has no version {version}; it has {_versions.Count}, from 0."));
        }
    }

    public WriteResult Write(FeatureGroupSchema schema, FeatureTable rows, WriteOptions options, TimeProvider clock)
    {
        lock (_lock)
        {
            var newest = Newest;
            var now = UtcTime.Now(clock);
            if (newest is not null && options.TransactionId is { } known && HasTransaction(known, now))
                return new WriteResult(schema.QualifiedName, newest.Version, 0, UtcTime.ToDateTimeOffset(newest.CreatedTime), AlreadyWritten: true);
            var created = newest is null ? now : Math.Max(now, newest.CreatedTime + 1);
            var keyTypes = IncomingRows.KeyTypes(schema, rows, newest?.KeyTypes);
            var write = new MemoryWrite(schema, StoredColumn.All(schema, keyTypes), created);
            var snapshot = new MemorySnapshot(newest is null ? 0 : newest.Version + 1, created, keyTypes, write.Apply(newest, rows, options));
            _versions.Add(snapshot);
            if (options.TransactionId is { } id) _transactions[id] = created;
            return new WriteResult(schema.QualifiedName, snapshot.Version, rows.RowCount, UtcTime.ToDateTimeOffset(created));
        }
    }
}
