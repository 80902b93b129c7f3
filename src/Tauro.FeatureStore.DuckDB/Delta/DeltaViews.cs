using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore.Engines;

/// <summary>
/// The views of declared Delta tables, each over the files of the newest version. They are looked after before a session begins its work, and a session sees them as they
/// are then: it runs a caller's queries in one transaction.
/// </summary>
internal sealed class DeltaViews
{
    private readonly List<Entry> _tables;
    private readonly Lock _lock = new();

    public DeltaViews(IReadOnlyDictionary<string, DuckDBSource> sources) => _tables =
    [
        .. from source in sources
           let delta = source.Value as DeltaSource
           where delta is not null
           select new Entry(source.Key, new DeltaSourceLog(Path.GetFullPath(delta.Path))),
    ];

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _tables.Count == 0;

    /// <summary>Brings the views up to the newest versions.</summary>
    /// <param name="session">A session outside of a transaction.</param>
    /// <returns>Why tables cannot be read, by their names; a query that names none of them does not mind.</returns>
    public IReadOnlyDictionary<string, FeatureStoreException> Refresh(DuckDBSession session)
    {
        var faults = new Dictionary<string, FeatureStoreException>(StringComparer.OrdinalIgnoreCase);
        lock (_lock)
            foreach (var table in _tables)
            {
                try
                {
                    table.Refresh(session);
                }
                catch (Exception fault) when (fault is FeatureStoreException or DuckDBEngineException or IOException or UnauthorizedAccessException)
                {
                    table.Drop(session);
                    faults[table.Name] = fault as FeatureStoreException ?? new VirtualizationQueryException($"{table.Log.Table}: it cannot be read: {fault.Message}");
                }
            }

        return faults;
    }

    private sealed class Entry(string name, DeltaSourceLog log)
    {
        private DeltaVersionFiles? _shown;

        public string Name => name;

        public DeltaSourceLog Log => log;

        public void Refresh(DuckDBSession session)
        {
            var newest = log.ReadNewest(session);
            if (ReferenceEquals(newest, _shown)) return;
            session.Execute($"CREATE OR REPLACE VIEW {DeclaredSources.Quoted(name)} AS\n{DeltaViewSql.Render(log.Table, log.Table.Location, newest)}");
            _shown = newest;
        }

        public void Drop(DuckDBSession session)
        {
            if (_shown is null) return;
            session.Execute($"DROP VIEW IF EXISTS {DeclaredSources.Quoted(name)}");
            _shown = null;
        }
    }
}
