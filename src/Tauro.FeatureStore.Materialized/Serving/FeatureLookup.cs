namespace Tauro.FeatureStore;

/// <summary>
/// The latest values of some features, held in memory for serving: it answers one entity in microseconds, without a query. Made by
/// <see cref="MaterializedFeatureStore.CreateLookupAsync"/>; safe for use by many threads at once.
/// </summary>
/// <remarks>
/// Delay, lookback and rows of the future count at the moment of each call. New commits are taken in in the background, within
/// <see cref="LookupOptions.MaxStaleness"/>.
/// </remarks>
public sealed class FeatureLookup : IAsyncDisposable
{
    private const int LooksPerStaleness = 4;

    private readonly Materialized.LookupLoader _loader;
    private readonly LookupOptions _options;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1);
    private volatile Materialized.LookupState _state;
    private volatile Exception? _failure;
    private long _verified;
    private Task _following = Task.CompletedTask;

    private FeatureLookup(Materialized.LookupLoader loader, Materialized.LookupState state, long verified, LookupOptions options, TimeProvider clock) =>
        (_loader, _state, _verified, _options, _clock) = (loader, state, verified, options, clock);

    /// <summary>The names of the features, in the order in which they were asked for.</summary>
    public IReadOnlyList<string> FeatureNames => _loader.FeatureNames;

    /// <summary>The names of the entity keys.</summary>
    public IReadOnlyList<string> KeyNames => _loader.KeyNames;

    /// <summary>The values of one entity, whose only key is a whole number.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The values now; of an entity that is not known, nothing but nulls.</returns>
    /// <exception cref="SchemaValidationException">The entities have other keys.</exception>
    /// <exception cref="FeatureMaterializationException">The tables could not be followed within <see cref="LookupOptions.MaxStaleness"/>.</exception>
    public LookupRow Get(long key) => Current().Find(key, UtcTime.Now(_clock));

    /// <summary>The values of one entity, whose only key is a text.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The values now; of an entity that is not known, nothing but nulls.</returns>
    /// <exception cref="SchemaValidationException">The entities have other keys.</exception>
    /// <exception cref="FeatureMaterializationException">The tables could not be followed within <see cref="LookupOptions.MaxStaleness"/>.</exception>
    public LookupRow Get(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Current().Find(key, UtcTime.Now(_clock));
    }

    /// <summary>The values of many entities: a row for each, in their order, with all their columns.</summary>
    /// <param name="entities">The entity keys, and any other columns, which are handed through.</param>
    /// <exception cref="SchemaValidationException">A key is missing or of another type.</exception>
    /// <exception cref="FeatureMaterializationException">The tables could not be followed within <see cref="LookupOptions.MaxStaleness"/>.</exception>
    public FeatureTable GetFeatures(FeatureTable entities)
    {
        ArgumentNullException.ThrowIfNull(entities);
        return Current().Find(entities, UtcTime.Now(_clock));
    }

    /// <summary>Takes in what was committed up to now.</summary>
    /// <param name="cancellationToken">Stops the call; the lookup stays as it is.</param>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var started = _clock.GetTimestamp();
            _state = await _loader.LoadAsync(_state, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _verified, started);
            _failure = null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _stop.Dispose();
        _turn.Dispose();
    }

    internal static async Task<FeatureLookup> StartAsync(Materialized.LookupLoader loader, LookupOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var state = await loader.LoadAsync(known: null, cancellationToken).ConfigureAwait(false);
        var lookup = new FeatureLookup(loader, state, started, options, clock);
        lookup._following = lookup.FollowAsync();
        return lookup;
    }

    private Materialized.LookupState Current()
    {
        if (_clock.GetElapsedTime(Volatile.Read(ref _verified)) > _options.MaxStaleness)
            throw new FeatureMaterializationException(
                $"The lookup of {string.Join(", ", FeatureNames)} has not seen its tables for more than {_options.MaxStaleness}"
                + (_failure is { } failure ? $": {failure.Message}" : ". Give it a longer MaxStaleness, or the machine more time."), _failure);
        return _state;
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(_options.MaxStaleness / LooksPerStaleness, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await RefreshAsync(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    _failure = failure;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The lookup was disposed.
        }
    }
}
