using Microsoft.Extensions.Time.Testing;

namespace Tauro.FeatureStore.Specification;

/// <summary>One store under test, fresh for each test: an empty folder of its own and a clock that stands still. It leaves nothing behind.</summary>
/// <param name="name">What the store is called in messages, such as <c>Materialized on DuckDB</c>.</param>
public abstract class TestStore(string name) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _owned = [];
    private IFeatureStore? _store;

    public string Name => name;

    /// <summary>The clock of every store opened here. It moves only when a test moves it.</summary>
    public FakeTimeProvider Clock { get; } = new(Moments.Now);

    /// <summary>The folder of this store alone.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"tauro-specification-{Guid.NewGuid():N}");

    /// <summary>Whether rows are written through the store, so that the suites about writing apply.</summary>
    public virtual bool SupportsWrites => true;

    /// <summary>Whether the order of writing decides between rows of equal keys, event time and created time. Where it does not, such rows are an error.</summary>
    public virtual bool HasWriteSequence => true;

    /// <summary>How many histories made by chance are played: as many as take the engine some thirty seconds.</summary>
    public virtual int GeneratedHistories => 100;

    /// <summary>How many of them, of one form, are packed into one history with a number as one more key: many, where each query costs the engine much.</summary>
    public virtual int PackedHistories => 1;

    /// <summary>The store. It is opened by its first use.</summary>
    public IFeatureStore Store => _store ??= OpenAnother();

    /// <summary>Another test store of this kind, empty.</summary>
    public abstract TestStore Fresh();

    /// <summary>A further store over the same data, as another process would open it.</summary>
    public IFeatureStore OpenAnother() => OpenAnother(Clock);

    /// <summary>A further store over the same data, on a machine whose clock shows another time.</summary>
    public IFeatureStore OpenAnother(TimeProvider clock) => Own(Open(new FeatureStoreContext(Folder) { TimeProvider = clock }));

    /// <summary>Brings rows into a group: a write, where the store has writes.</summary>
    public virtual Task<WriteResult> WriteAsync(string group, FeatureTable rows, WriteOptions options, CancellationToken cancellationToken) =>
        Store.WriteFeaturesAsync(group, rows, options, cancellationToken);

    /// <summary>Arranges what is stored of a group anew, which must not change any answer; nothing, where the store has nothing to arrange.</summary>
    public virtual Task TendAsync(string group, CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        for (var last = _owned.Count - 1; last >= 0; last--) await _owned[last].DisposeAsync();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected abstract IFeatureStore Open(IFeatureStoreContext context);

    /// <summary>Leaves something to this test store, which disposes it: the last first, and before it deletes its folder.</summary>
    protected T Own<T>(T resource) where T : IAsyncDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    public override string ToString() => Name;
}
