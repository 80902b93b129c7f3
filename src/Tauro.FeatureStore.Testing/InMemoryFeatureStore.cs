using System.Globalization;
using Microsoft.Extensions.Logging;
using Tauro.FeatureStore.Testing.Memory;

namespace Tauro.FeatureStore.Testing;

/// <summary>
/// A feature store that holds its registry and its rows in memory, for tests. It answers as the other stores do, writes, retries and time travel included, and is made for
/// thousands of rows, not millions.
/// </summary>
public sealed class InMemoryFeatureStore : BaseFeatureStore
{
    private static readonly MemoryPlanExecutor Executor = new();

    private readonly MemoryTables _tables;
    private readonly ILogger _logger;

    /// <summary>Makes an empty store.</summary>
    /// <param name="context">The context. It must not have had another store: its registry is kept in memory.</param>
    public InMemoryFeatureStore(IFeatureStoreContext context) : this(context, new MemoryTables())
    {
    }

    /// <summary>Makes a store over the rows and the registry of another, as a second process would open it.</summary>
    /// <param name="context">The context of this store, another one.</param>
    /// <param name="other">The store whose rows and registry are shared.</param>
    public InMemoryFeatureStore(IFeatureStoreContext context, InMemoryFeatureStore other) : this(context, other?._tables ?? throw new ArgumentNullException(nameof(other)))
    {
    }

    private InMemoryFeatureStore(IFeatureStoreContext context, MemoryTables tables) : base(tables.KeepRegistryOf(context))
    {
        _tables = tables;
        _logger = context.LoggerFactory.CreateLogger<InMemoryFeatureStore>();
        Metadata.Attach(tables);
    }

    /// <inheritdoc/>
    public override async Task<WriteResult> WriteFeaturesAsync(
        string featureGroup, FeatureTable rows, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        options ??= WriteOptions.Default;
        var schema = await FindAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        options.Validate(schema);
        cancellationToken.ThrowIfCancellationRequested();
        using var operation = StoreOperation.StartWrite(Context.TimeProvider, schema.QualifiedName);
        try
        {
            var result = _tables.Of(schema).Write(schema, rows, options, Context.TimeProvider);
            operation.Done(result.RowCount);
            StoreLogMessages.FeaturesWritten(_logger, result.RowCount, result.FeatureGroup, result.SnapshotVersion, options.Mode, operation.Elapsed.TotalMilliseconds);
            return result;
        }
        catch (Exception failure) when (operation.Fails(failure))
        {
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task<bool> HasTransactionAsync(string featureGroup, string transactionId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(transactionId);
        return _tables.Of(await FindAsync(featureGroup, cancellationToken).ConfigureAwait(false)).HasTransaction(transactionId, UtcTime.Now(Context.TimeProvider));
    }

    /// <inheritdoc/>
    public override Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        var checks = Metadata.LatestGroups.Select(group => new HealthCheck(
            $"table {group.QualifiedName}", IsHealthy: true, string.Create(CultureInfo.InvariantCulture, $"{_tables.Of(group).Newest?.Rows.Length ?? 0} rows in memory")));
        return Task.FromResult(StoreLogMessages.Checked(_logger, new HealthReport([new HealthCheck("registry", IsHealthy: true, Metadata.Location), .. checks])));
    }

    /// <inheritdoc/>
    protected override Task<GroupSnapshot> OpenGroupAsync(FeatureGroupSchema schema, CancellationToken cancellationToken) =>
        Task.FromResult(MemorySource.Of(schema, _tables.Of(schema).Newest));

    /// <inheritdoc/>
    protected override Task<GroupSnapshot> OpenGroupAsOfAsync(FeatureGroupSchema schema, long? tableVersion, DateTimeOffset? moment, CancellationToken cancellationToken) =>
        Task.FromResult(MemorySource.Of(schema, _tables.Of(schema).Find(tableVersion, moment)));

    /// <inheritdoc/>
    protected override IPlanExecutor SelectExecutor(RetrievalPlan plan) => Executor;

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore()
    {
        Metadata.Detach(_tables);
        return base.DisposeAsyncCore();
    }

    private async Task<FeatureGroupSchema> FindAsync(string featureGroup, CancellationToken cancellationToken)
    {
        var (name, version) = GroupName.Parse(featureGroup);
        await Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return Metadata.GetFeatureGroup(name, version);
    }
}
