using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore;

/// <summary>
/// A store whose features are written to Parquet tables, with a Delta log that makes every write whole or nothing, and read back from them. Each group version is
/// a Delta table in <c>group/v1</c> under the store's folder, which Spark, DuckDB and other readers of Delta Lake open as it is.
/// </summary>
/// <remarks>It needs nothing else installed: plans run in this process, unless an executor is given.</remarks>
public sealed partial class MaterializedFeatureStore : BaseFeatureStore
{
    /// <summary>The storage format of a store that names none: Parquet files with a Delta log.</summary>
    public const string ParquetFormat = "parquet";

    private readonly ConcurrentDictionary<string, GroupTable> _tables = new(StringComparer.OrdinalIgnoreCase);
    private ManagedPlanExecutor _managed = new();
    private ReadCache? _cache;
    private readonly IPlanExecutor? _executor;
    private readonly IFileStorage _storage;
    private readonly LastWrites _lastWrites;
    private readonly ILogger _logger;

    /// <summary>Makes a store.</summary>
    /// <param name="context">The application's context.</param>
    /// <param name="storagePath">The folder of the tables; null for the context's <see cref="IFeatureStoreContext.FeatureStorePath"/>.</param>
    /// <param name="storageFormat">How tables are stored: <see cref="ParquetFormat"/>.</param>
    /// <param name="executor">The engine that reads the tables; null to read them in this process. The caller disposes it.</param>
    /// <exception cref="FeatureMaterializationException">There is no such storage format.</exception>
    public MaterializedFeatureStore(IFeatureStoreContext context, string? storagePath = null, string storageFormat = ParquetFormat, IPlanExecutor? executor = null)
        : this(context, (IFileStorage)new LocalFileStorage(storagePath ?? context?.FeatureStorePath ?? throw new ArgumentNullException(nameof(context))), executor)
    {
        CheckFormat(storageFormat);
    }

    /// <summary>Makes a store over storage of any kind.</summary>
    internal MaterializedFeatureStore(IFeatureStoreContext context, IFileStorage storage, IPlanExecutor? executor) : base(context)
    {
        _storage = storage;
        _executor = executor;
        _logger = context.LoggerFactory.CreateLogger<MaterializedFeatureStore>();
        _lastWrites = new LastWrites(this);
        Metadata.Attach(_lastWrites);
    }

    /// <summary>
    /// How many megabytes of decoded columns and of latest values the store keeps for the reads that it answers in this process; 0 keeps none. A cached answer is the one that the
    /// table gives: each read looks for a newer commit first.
    /// </summary>
    /// <value>The default is 0.</value>
    public int CacheSizeMegabytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
            _cache?.Dispose();
            _cache = value == 0 ? null : new ReadCache(value, Context.TimeProvider);
            _managed = new ManagedPlanExecutor(_cache);
        }
    }

    /// <inheritdoc/>
    public override async Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        var checks = new List<HealthCheck>
        {
            await CheckAsync("registry", async () =>
            {
                await Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
                return string.Create(CultureInfo.InvariantCulture, $"{Metadata.ListFeatureGroups().Count} groups at {Metadata.Location}");
            }).ConfigureAwait(false),
            await CheckAsync("storage", async () =>
            {
                var probe = $"_health/{Guid.NewGuid():n}";
                var created = await _storage.TryCreateAsync(probe, "ok"u8.ToArray(), cancellationToken).ConfigureAwait(false);
                _storage.Delete(probe);
                return created ? $"{_storage.Root} can be written" : throw new IOException($"{_storage.Root} refused a new file");
            }).ConfigureAwait(false),
        };
        foreach (var schema in Metadata.LatestGroups)
            checks.Add(await CheckAsync($"table {schema.QualifiedName}", () => DescribeAsync(schema, cancellationToken)).ConfigureAwait(false));
        return StoreLogMessages.Checked(_logger, new HealthReport(checks));
    }

    /// <summary>The features that the group's table has columns for.</summary>
    internal override async Task<IReadOnlyCollection<string>> FindServedAsync(FeatureGroupSchema schema, CancellationToken cancellationToken)
    {
        var snapshot = await Guard(schema, () => TableOf(schema).ReadSnapshotAsync(cancellationToken)).ConfigureAwait(false);
        return snapshot is null ? [] : [.. schema.Features.Select(feature => feature.Name).Where(name => snapshot.Schema.Find(name) is not null)];
    }

    /// <inheritdoc/>
    protected override async Task<GroupSnapshot> OpenGroupAsync(FeatureGroupSchema schema, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var table = TableOf(schema);
        return table.ToSource(schema, await Guard(schema, () => table.ReadSnapshotAsync(cancellationToken)).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    protected override async Task<GroupSnapshot> OpenGroupAsOfAsync(
        FeatureGroupSchema schema, long? tableVersion, DateTimeOffset? moment, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var table = TableOf(schema);
        return table.ToSource(schema, await Guard(schema, () => table.ReadSnapshotAsOfAsync(tableVersion, moment, cancellationToken)).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    /// <remarks>A plan with files that the given engine does not read, as a merge or a compaction leaves them, runs in this process.</remarks>
    protected override IPlanExecutor SelectExecutor(RetrievalPlan plan) =>
        _executor is { } given && plan.Sources.All(given.CanRead) ? given : _managed;

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore()
    {
        Metadata.Detach(_lastWrites);
        _cache?.Dispose();
        return base.DisposeAsyncCore();
    }

    /// <summary>A storage format that there is; others are refused.</summary>
    internal static string CheckFormat(string format) => ParquetFormat.Equals(format, StringComparison.OrdinalIgnoreCase)
        ? format
        : throw new FeatureMaterializationException($"There is no storage format '{format}'. There is: {ParquetFormat} (Parquet files with a Delta log).");

    private GroupTable TableOf(FeatureGroupSchema schema) =>
        _tables.GetOrAdd(schema.QualifiedName, static (_, state) => new GroupTable(state._storage, state.schema, state.TimeProvider), (_storage, schema, Context.TimeProvider));

    private async Task<string> DescribeAsync(FeatureGroupSchema schema, CancellationToken cancellationToken)
    {
        var snapshot = await TableOf(schema).ReadSnapshotAsync(cancellationToken).ConfigureAwait(false);
        return snapshot is null
            ? "registered, not written yet"
            : string.Create(CultureInfo.InvariantCulture, $"version {snapshot.Version}, {snapshot.Files.Length} files, {snapshot.Files.Sum(file => file.Rows ?? 0)} rows");
    }

    private static async Task<HealthCheck> CheckAsync(string name, Func<Task<string>> check)
    {
        try
        {
            return new HealthCheck(name, true, await check().ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is FeatureStoreException or IOException or UnauthorizedAccessException)
        {
            return new HealthCheck(name, false, failure.Message);
        }
    }

    /// <summary>Gives failures of the disk the store's own exception, with the group's name.</summary>
    private static async Task<T> Guard<T>(FeatureGroupSchema schema, Func<Task<T>> operation)
    {
        try
        {
            return await operation().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FeatureMaterializationException($"The table of '{schema.QualifiedName}' could not be read or written: {failure.Message} The table is as it was.", failure)
            {
                FeatureGroup = schema.Name,
            };
        }
    }

    private sealed class LastWrites(MaterializedFeatureStore store) : ILastWrites
    {
        public async Task<DateTimeOffset?> GetLastWriteAsync(FeatureGroupSchema schema, CancellationToken cancellationToken)
        {
            var snapshot = await store.TableOf(schema).ReadSnapshotAsync(cancellationToken).ConfigureAwait(false);
            return snapshot is null ? null : UtcTime.ToDateTimeOffset(snapshot.LastCreatedTimeMicros);
        }
    }
}
