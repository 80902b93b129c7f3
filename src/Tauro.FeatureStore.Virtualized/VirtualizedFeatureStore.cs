using System.Collections.Concurrent;
using System.Globalization;
using Apache.Arrow;
using Microsoft.Extensions.Logging;
using Tauro.FeatureStore.Virtualized;

namespace Tauro.FeatureStore;

/// <summary>
/// A store whose features are queries: each read runs them, so an answer is as fresh as the tables that they read, and no value of it comes from after the moment that
/// was asked for.
/// </summary>
/// <remarks>Register a group, define its features, and read them as from any store. Nothing is written here.</remarks>
public sealed class VirtualizedFeatureStore : BaseFeatureStore
{
    private readonly IQueryExecutor _executor;
    private readonly ILogger _logger;
    private ResultCache? _cache;
    private readonly ConcurrentDictionary<VirtualFeatureDefinition, IReadOnlyDictionary<string, DataType>> _keyTypes = [];

    /// <summary>Makes a store.</summary>
    /// <param name="context">The application's context.</param>
    /// <param name="executor">The engine that runs the queries. The caller disposes it.</param>
    /// <exception cref="ArgumentException">The engine runs no queries as sources of plans.</exception>
    public VirtualizedFeatureStore(IFeatureStoreContext context, IQueryExecutor executor) : base(context)
    {
        ArgumentNullException.ThrowIfNull(executor);
        if (!executor.CanRead(new SqlSource("SELECT 1", ValueMap<object?>.Empty)))
            throw new ArgumentException($"The engine {executor.Name} does not read queries, and virtual features are nothing else. Give another one.", nameof(executor));
        _executor = executor;
        _logger = context.LoggerFactory.CreateLogger<VirtualizedFeatureStore>();
    }

    /// <summary>How long the engine may work on one read; the time that a caller takes between two batches is not counted.</summary>
    /// <value>The default is null: without limit, but for that of the engine. Greater than zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public TimeSpan? QueryTimeout
    {
        get;
        init
        {
            if (value is { } timeout) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(QueryTimeout));
            field = value;
        }
    }

    /// <summary>
    /// How many megabytes of answers the store keeps and gives again; 0 keeps none. An answer is kept for its definition's <see cref="VirtualFeatureDefinition.TimeToLive"/>
    /// or <see cref="CacheTimeToLive"/>, the shorter of several. An answer of the latest values is as of when it was computed, so that it may be late by that time; a changed
    /// definition, and a source of which the engine sees that it has changed, are computed anew.
    /// </summary>
    /// <value>The default is 0.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int CacheSizeMegabytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(CacheSizeMegabytes));
            field = value;
            _cache?.Dispose();
            _cache = value == 0 ? null : new ResultCache(value, Context.TimeProvider);
        }
    }

    /// <summary>How long an answer is given again where its definition does not say.</summary>
    /// <value>The default is five minutes. Greater than zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public TimeSpan CacheTimeToLive
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(CacheTimeToLive));
            field = value;
        }
    } = DefaultTimeToLive;

    internal static TimeSpan DefaultTimeToLive { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Defines features of a group, each by a query of its own, which returns the group's entity keys and the feature.</summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="queries">The query of each feature, by the feature's name.</param>
    /// <param name="cancellationToken">Stops the call before anything is defined.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    /// <exception cref="SchemaValidationException">A query does not fit the group's schema; the message says what is missing. Nothing is defined then.</exception>
    /// <exception cref="VirtualizationQueryException">The engine refused a query. Nothing is defined then.</exception>
    public Task DefineVirtualFeaturesAsync(string featureGroup, IReadOnlyDictionary<string, string> queries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        return DefineVirtualFeaturesAsync(featureGroup, [.. queries.Select(query => new VirtualFeatureDefinition(query.Value, query.Key))], cancellationToken);
    }

    /// <summary>Defines features of a group. A feature that has a definition already gets the new one; those of other features stay.</summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="definitions">The definitions.</param>
    /// <param name="cancellationToken">Stops the call before anything is defined.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    /// <exception cref="SchemaValidationException">A definition does not fit the group's schema; the message says what is missing. Nothing is defined then.</exception>
    /// <exception cref="VirtualizationQueryException">The engine refused a query. Nothing is defined then.</exception>
    public async Task DefineVirtualFeaturesAsync(
        string featureGroup, IReadOnlyList<VirtualFeatureDefinition> definitions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        var (name, version) = GroupName.Parse(featureGroup);
        await Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var group = Metadata.GetFeatureGroup(name, version);
        CheckDistinct(group, definitions);
        var defined = new List<VirtualFeatureDefinition>();
        foreach (var definition in definitions)
        {
            var columns = await DescribeAsync(definition, cancellationToken).ConfigureAwait(false);
            var fitting = DefinitionCheck.Run(group, definition, columns);
            defined.Add(fitting.Sources.Count > 0 ? fitting : fitting with { Sources = await FindSourcesAsync(definition.Sql, cancellationToken).ConfigureAwait(false) });
        }

        await Metadata.DefineFeaturesAsync(group, defined, cancellationToken).ConfigureAwait(false);
        var count = defined.Sum(definition => definition.Features.Count);
        VirtualizedLogMessages.FeaturesDefined(_logger, count, featureGroup, _executor.Name);
    }

    /// <inheritdoc/>
    /// <remarks>Virtual groups are read-only: this always throws.</remarks>
    /// <exception cref="FeatureMaterializationException">Always.</exception>
    public override Task<WriteResult> WriteFeaturesAsync(
        string featureGroup, FeatureTable rows, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromException<WriteResult>(ReadOnly(featureGroup));

    /// <inheritdoc/>
    /// <remarks>Virtual groups are read-only: this always throws.</remarks>
    /// <exception cref="FeatureMaterializationException">Always.</exception>
    public override Task<WriteResult> WriteFeaturesAsync(
        string featureGroup, IAsyncEnumerable<RecordBatch> batches, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromException<WriteResult>(ReadOnly(featureGroup));

    /// <inheritdoc/>
    public override async Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        await Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var engine = await _executor.CheckHealthAsync(cancellationToken).ConfigureAwait(false);
        var checks = new List<HealthCheck>(engine.Checks);
        foreach (var group in Metadata.LatestGroups)
            foreach (var definition in Metadata.GetVirtualDefinitions(group.Name))
                checks.Add(await CheckAsync(group, definition, cancellationToken).ConfigureAwait(false));
        return StoreLogMessages.Checked(_logger, new HealthReport(checks));
    }

    internal override async Task<IReadOnlyCollection<string>> FindServedAsync(FeatureGroupSchema schema, CancellationToken cancellationToken)
    {
        await Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return [.. Metadata.GetVirtualDefinitions(schema.Name, schema.Version).SelectMany(definition => definition.Features)];
    }

    /// <inheritdoc/>
    protected override async Task<GroupSnapshot> OpenGroupAsync(FeatureGroupSchema schema, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schema);
        await Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var definitions = Metadata.GetVirtualDefinitions(schema.Name, schema.Version);
        if (definitions.Count == 0)
            throw new FeatureNotFoundException($"The group '{schema.QualifiedName}' has no virtual features. Define them with {nameof(DefineVirtualFeaturesAsync)}, or read the group from the store that holds its rows.")
            {
                FeatureGroup = schema.Name,
            };
        var parts = new List<FeatureSource>();
        foreach (var definition in definitions)
            parts.Add(DefinitionSource.Of(schema, definition, await KeyTypesOf(schema, definition, cancellationToken).ConfigureAwait(false)));
        return new GroupSnapshot(parts[0].Source, parts[0].KeyTypes) { Parts = parts };
    }

    /// <summary>What is computed has no versions; the caller compares what comes out.</summary>
    internal override Task<GroupSnapshot> OpenPinnedAsync(FeatureGroupSchema schema, long tableVersion, CancellationToken cancellationToken) => OpenGroupAsync(schema, cancellationToken);

    /// <summary>The engine, where it writes files. What it writes is not kept in the cache of answers, nor taken from there.</summary>
    internal override IPlanFileWriter? FileWriter => _executor is not IPlanFileWriter writer ? null
        : QueryTimeout is { } timeout ? new TimedFileWriter(writer, timeout, Context.TimeProvider)
        : writer;

    internal override IPlanExecutor SelectExecutor(RetrievalPlan plan, IReadOnlyList<GroupUse> uses, FeatureRequest request)
    {
        var executor = SelectExecutor(plan);
        if (_cache is null) return executor;
        return new CachingPlanExecutor(executor, _cache, uses.Min(use => use.Part?.TimeToLive ?? CacheTimeToLive), request is { TimeColumn: null, PointInTime: null, Range: null })
        {
            Clock = Context.TimeProvider,
            FindVersionAsync = token => _executor is ISourceVersions versions
                ? versions.FindVersionAsync([.. uses.SelectMany(use => use.Part?.Tables ?? []).Distinct(StringComparer.OrdinalIgnoreCase)], token)
                : Task.FromResult(""),
        };
    }

    /// <inheritdoc/>
    protected override IPlanExecutor SelectExecutor(RetrievalPlan plan) => QueryTimeout is { } timeout ? new TimedPlanExecutor(_executor, timeout, Context.TimeProvider) : _executor;

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore()
    {
        _cache?.Dispose();
        return base.DisposeAsyncCore();
    }

    private static FeatureMaterializationException ReadOnly(string featureGroup) => new(
        $"'{featureGroup}' is read through a store of virtual features, which are computed and cannot be written. Write to a MaterializedFeatureStore.");

    private static void CheckDistinct(FeatureGroupSchema group, IReadOnlyList<VirtualFeatureDefinition> definitions)
    {
        if (definitions.SelectMany(definition => definition.Features).GroupBy(feature => feature, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new SchemaValidationException($"The feature '{group.QualifiedName}.{twice.Key}' is defined twice; keep one of its definitions.") { FeatureGroup = group.Name };
    }

    private Task<Schema> DescribeAsync(VirtualFeatureDefinition definition, CancellationToken cancellationToken)
    {
        var parameters = new Dictionary<string, object?>(definition.Parameters);
        if (definition.UsesAsOf) parameters[SqlSource.AsOfParameter] = Context.TimeProvider.GetUtcNow();
        return _executor.DescribeAsync(SqlText.Read(definition.Sql).Query, parameters, cancellationToken);
    }

    /// <summary>The tables that the engine finds in a query; those without a name of ours, such as files, are left out.</summary>
    private async Task<IReadOnlyList<string>> FindSourcesAsync(string sql, CancellationToken cancellationToken)
    {
        if (_executor is not IQueryInspector inspector) return [];
        var tables = await inspector.FindTablesAsync(sql, cancellationToken).ConfigureAwait(false);
        return [.. tables.Where(table => table.Split('.').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(part[0]) && !part.StartsWith("__", StringComparison.Ordinal)))];
    }

    private async Task<IReadOnlyDictionary<string, DataType>> KeyTypesOf(FeatureGroupSchema group, VirtualFeatureDefinition definition, CancellationToken cancellationToken)
    {
        if (group.EntityKeys.All(key => key.DataType is not null)) return ValueMap<DataType>.Empty;
        if (_keyTypes.TryGetValue(definition, out var known)) return known;
        var columns = await DescribeAsync(definition, cancellationToken).ConfigureAwait(false);
        return _keyTypes[definition] = group.EntityKeys.Where(key => key.DataType is null).ToDictionary(key => key.Name, key =>
            ArrowTypes.FromArrow(columns.GetFieldByName(key.Name)?.DataType ?? throw Changed(group, definition, key)) ?? throw Changed(group, definition, key));
    }

    private static SchemaValidationException Changed(FeatureGroupSchema group, VirtualFeatureDefinition definition, EntityKey key) => new(
        $"The definition of '{group.QualifiedName}' ({string.Join(", ", definition.Features)}) does not return the entity key '{key.Name}' any more, or in a type that no key has. The tables that it reads have changed; define it anew.")
    {
        FeatureGroup = group.Name,
        Column = key.Name,
    };

    private async Task<HealthCheck> CheckAsync(FeatureGroupSchema group, VirtualFeatureDefinition definition, CancellationToken cancellationToken)
    {
        var name = $"definition of {group.QualifiedName} ({string.Join(", ", definition.Features)})";
        try
        {
            DefinitionCheck.Run(group, definition, await DescribeAsync(definition, cancellationToken).ConfigureAwait(false));
            return new HealthCheck(name, IsHealthy: true, string.Create(CultureInfo.InvariantCulture, $"its query fits {group.QualifiedName}"));
        }
        catch (FeatureStoreException error)
        {
            return new HealthCheck(name, IsHealthy: false, error.Message);
        }
    }
}
