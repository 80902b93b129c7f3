using Microsoft.Extensions.DependencyInjection;

namespace Tauro.FeatureStore;

/// <summary>
/// Gives the nodes of a pipeline the stores that it is configured with: one store of each name for the whole run, opened by its first use. A name that was not added
/// is looked for among the keyed services of the context, as hosting registers them. Safe for use by many threads at once.
/// </summary>
public sealed class FeatureStoreExecutorAdapter : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly IFeatureStoreContext _context;
    private readonly Dictionary<string, Func<IFeatureStore>> _sources = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IFeatureStore> _stores = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<IFeatureStore> _opened = [];
    private bool _disposed;

    /// <summary>Makes an adapter without stores.</summary>
    /// <param name="context">The context that stores are opened with.</param>
    public FeatureStoreExecutorAdapter(IFeatureStoreContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
    }

    /// <summary>Adds a store that is opened when a node first asks for it, and disposed with the adapter.</summary>
    /// <param name="name">The name by which nodes ask for it, without regard to case.</param>
    /// <param name="open">Opens the store.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public FeatureStoreExecutorAdapter Add(string name, Func<IFeatureStoreContext, IFeatureStore> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return AddSource(name, () =>
        {
            var store = open(_context);
            _opened.Add(store);
            return store;
        });
    }

    /// <summary>Adds a store that the caller has opened, and disposes itself.</summary>
    /// <param name="name">The name by which nodes ask for it, without regard to case.</param>
    /// <param name="store">The store.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public FeatureStoreExecutorAdapter Add(string name, IFeatureStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return AddSource(name, () => store);
    }

    /// <summary>The store of a name, the same one at each call.</summary>
    /// <param name="name">The store's name, such as <c>materialized</c>.</param>
    /// <exception cref="PipelineException">There is no store of that name; the message lists those there are.</exception>
    public IFeatureStore GetStore(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_stores.TryGetValue(name, out var known)) return known;
            var store = _sources.TryGetValue(name, out var source) ? source() : FindService(name);
            return _stores[name] = store;
        }
    }

    /// <summary>Disposes the stores that the adapter has opened.</summary>
    public async ValueTask DisposeAsync()
    {
        IFeatureStore[] opened;
        lock (_lock)
        {
            _disposed = true;
            opened = [.. _opened];
            _opened.Clear();
        }

        foreach (var store in opened) await store.DisposeAsync().ConfigureAwait(false);
    }

    private FeatureStoreExecutorAdapter AddSource(string name, Func<IFeatureStore> source)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        lock (_lock)
            if (!_sources.TryAdd(name, source)) throw new ArgumentException($"There is a store '{name}' already.", nameof(name));
        return this;
    }

    private IFeatureStore FindService(string name) =>
        (_context.Services as IKeyedServiceProvider)?.GetKeyedService<IFeatureStore>(name)
        ?? throw new PipelineException(
            $"The run has no feature store '{name}'. It has: {(_sources.Count == 0 ? "none" : string.Join(", ", _sources.Keys))}. Add it to the run's FeatureStores, or as a keyed service.");
}
