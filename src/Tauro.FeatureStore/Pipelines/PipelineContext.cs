using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

/// <summary>
/// The context of one run of a pipeline, ready-made: the application's context, the run's feature stores, and its inputs and outputs, which are held in memory unless
/// others are given. Disposing it frees the outputs and the stores that the run opened.
/// </summary>
public sealed class PipelineContext : IPipelineContext, IAsyncDisposable
{
    private readonly IFeatureStoreContext _application;
    private readonly PipelineTables _tables = new();

    /// <summary>Makes a context for one run.</summary>
    /// <param name="application">The application's context.</param>
    public PipelineContext(IFeatureStoreContext application)
    {
        ArgumentNullException.ThrowIfNull(application);
        _application = application;
        FeatureStores = new FeatureStoreExecutorAdapter(application);
        Outputs = _tables;
    }

    /// <inheritdoc/>
    public string FeatureStorePath => _application.FeatureStorePath;

    /// <inheritdoc/>
    public string Environment => _application.Environment;

    /// <inheritdoc/>
    public string? GoldPath => _application.GoldPath;

    /// <inheritdoc/>
    public IServiceProvider? Services => _application.Services;

    /// <inheritdoc/>
    public ILoggerFactory LoggerFactory => _application.LoggerFactory;

    /// <inheritdoc/>
    public TimeProvider TimeProvider => _application.TimeProvider;

    /// <inheritdoc/>
    public FeatureStoreExecutorAdapter FeatureStores { get; }

    /// <inheritdoc/>
    /// <value>
    /// By default it loads what <see cref="AddInput"/> brought and what nodes have published in memory. A loader that is given here is asked for what is not there.
    /// </value>
    public IInputLoader Inputs { get => _tables; init => _tables.Outside = value; }

    /// <inheritdoc/>
    /// <value>The default keeps outputs in memory until the context is disposed. With another one, <see cref="Inputs"/> must load what it publishes.</value>
    public IOutputManager Outputs { get; init; }

    /// <summary>Brings an input into the run. It stays the caller's, who disposes it after the run.</summary>
    /// <param name="name">The name by which nodes load it.</param>
    /// <param name="table">The rows.</param>
    /// <exception cref="PipelineException">The name is taken.</exception>
    public PipelineContext AddInput(string name, FeatureTable table)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(table);
        _tables.AddInput(name, table);
        return this;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _tables.Dispose();
        await FeatureStores.DisposeAsync().ConfigureAwait(false);
    }
}
