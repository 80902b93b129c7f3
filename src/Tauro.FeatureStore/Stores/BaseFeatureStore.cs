using System.Runtime.CompilerServices;
using Apache.Arrow;
using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

/// <summary>
/// What every store does in the same way: it validates requests, resolves names against the registry, plans, restores the caller's rows and columns, and logs.
/// A store of one's own says where the rows of a group are, which engine reads them, and how they are written.
/// </summary>
public abstract class BaseFeatureStore : IFeatureStore
{
    private readonly ILogger _logger;

    /// <summary>Makes a store.</summary>
    /// <param name="context">The application's context. All stores of one context share its registry.</param>
    protected BaseFeatureStore(IFeatureStoreContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        Metadata = FeatureStoreMetadata.Of(context);
        _logger = context.LoggerFactory.CreateLogger(GetType());
    }

    /// <inheritdoc/>
    public FeatureStoreMetadata Metadata { get; }

    /// <summary>The application's context.</summary>
    protected IFeatureStoreContext Context { get; }

    /// <inheritdoc/>
    public virtual Task RegisterFeaturesAsync(FeatureGroupSchema schema, CancellationToken cancellationToken = default) =>
        Metadata.RegisterFeatureGroupAsync(schema, cancellationToken);

    /// <inheritdoc/>
    public async Task<FeatureTable> GetFeaturesAsync(FeatureRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var operation = StoreOperation.StartRead(Context.TimeProvider);
        try
        {
            var answer = await PrepareAsync(request, operation, cancellationToken).ConfigureAwait(false);
            var table = await FeatureTable.ReadAsync(answer.Batches, answer.Schema, cancellationToken).ConfigureAwait(false);
            table.Diagnostics = Finish(operation, request, table.RowCount, answer);
            return table;
        }
        catch (Exception failure) when (operation.Fails(failure))
        {
            throw;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordBatch> StreamFeaturesAsync(FeatureRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var operation = StoreOperation.StartRead(Context.TimeProvider);
        var batches = OpenStreamAsync(request, operation, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var _ = batches.ConfigureAwait(false);
        while (await NextAsync(batches, operation).ConfigureAwait(false)) yield return batches.Current;
    }

    /// <inheritdoc/>
    public abstract Task<WriteResult> WriteFeaturesAsync(
        string featureGroup, FeatureTable rows, WriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes a stream of Arrow batches to a group, all or none. A store that does not say otherwise holds all rows in memory for it.
    /// </summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="batches">The rows, in batches of the same columns. Each batch is disposed.</param>
    /// <param name="options">How they are written, or a <see cref="WriteMode"/> alone; null to append.</param>
    /// <param name="cancellationToken">Stops the write; nothing is written then.</param>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.WriteFeaturesAsync"/>.</exception>
    public virtual async Task<WriteResult> WriteFeaturesAsync(
        string featureGroup, IAsyncEnumerable<RecordBatch> batches, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        using var rows = await FeatureTable.ReadAsync(batches, schema: null, cancellationToken).ConfigureAwait(false);
        return await WriteFeaturesAsync(featureGroup, rows, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public virtual Task<bool> HasTransactionAsync(string featureGroup, string transactionId, CancellationToken cancellationToken = default) => Task.FromResult(false);

    /// <inheritdoc/>
    public virtual Task<long?> GetTableVersionAsync(string featureGroup, DateTimeOffset? moment = null, CancellationToken cancellationToken = default) => Task.FromResult<long?>(null);

    /// <inheritdoc/>
    public abstract Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DisposeAsyncCore().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Pins the rows of a group version for one request.</summary>
    /// <param name="schema">The group version.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    protected abstract Task<GroupSnapshot> OpenGroupAsync(FeatureGroupSchema schema, CancellationToken cancellationToken);

    /// <summary>Pins the rows of a group version as they were stored at an earlier time. A store without versions refuses.</summary>
    /// <param name="schema">The group version.</param>
    /// <param name="tableVersion">The version of the group's table; null where <paramref name="moment"/> is given.</param>
    /// <param name="moment">The moment whose newest version is wanted; null where <paramref name="tableVersion"/> is given.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    protected virtual Task<GroupSnapshot> OpenGroupAsOfAsync(
        FeatureGroupSchema schema, long? tableVersion, DateTimeOffset? moment, CancellationToken cancellationToken) =>
        throw new FeatureStoreException($"The store of '{schema?.QualifiedName}' keeps no versions to go back to.") { FeatureGroup = schema?.Name };

    /// <summary>Pins the rows of a group version for a saved training set: those of a version of its table, of which -1 is one that was not written yet.</summary>
    internal virtual Task<GroupSnapshot> OpenPinnedAsync(FeatureGroupSchema schema, long tableVersion, CancellationToken cancellationToken) =>
        OpenGroupAsOfAsync(schema, tableVersion, moment: null, cancellationToken);

    /// <summary>The engine that runs a plan.</summary>
    /// <param name="plan">The plan.</param>
    protected abstract IPlanExecutor SelectExecutor(RetrievalPlan plan);

    /// <summary>Frees what the store holds.</summary>
    protected virtual ValueTask DisposeAsyncCore() => ValueTask.CompletedTask;

    /// <summary>The features of a group version that this store has answers for.</summary>
    internal virtual Task<IReadOnlyCollection<string>> FindServedAsync(FeatureGroupSchema schema, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyCollection<string>>([.. schema.Features.Select(feature => feature.Name)]);

    /// <summary>Pins the rows of all groups of a request, and says which of them answer a feature.</summary>
    internal virtual async Task<Func<ResolvedFeature, GroupSnapshot>> OpenGroupsAsync(
        IReadOnlyList<ResolvedFeature> features, RetrievalOptions options, CancellationToken cancellationToken)
    {
        var snapshots = new Dictionary<string, GroupSnapshot>();
        foreach (var group in features.Select(feature => feature.Group))
            if (!snapshots.ContainsKey(group.QualifiedName))
                snapshots[group.QualifiedName] = await OpenGroupAsync(group, options, cancellationToken).ConfigureAwait(false);
        return feature => snapshots[feature.Group.QualifiedName];
    }

    /// <summary>The engine that runs a plan of a request.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="uses">The uses of groups that the plan reads: that of each read, in their order.</param>
    /// <param name="request">The request.</param>
    internal virtual IPlanExecutor SelectExecutor(RetrievalPlan plan, IReadOnlyList<GroupUse> uses, FeatureRequest request) => SelectExecutor(plan);

    /// <summary>What writes plans of this store to files; null where nothing does.</summary>
    internal virtual IPlanFileWriter? FileWriter => null;

    /// <summary>The plan of a request for a range.</summary>
    internal async Task<RangePlan> PlanRangeAsync(FeatureRequest request, CancellationToken cancellationToken) =>
        (RangePlan)(await PrepareAsync(request, cancellationToken).ConfigureAwait(false)).Plan;

    /// <summary>Lets an engine write the rows of a plan to files of a group's table, and commits them, all or none.</summary>
    /// <returns>What was written; null where the store or the engine cannot do that for this group, and nothing was done.</returns>
    internal virtual Task<WriteResult?> WriteFilesAsync(
        string featureGroup, RangePlan plan, IPlanFileWriter writer, WriteOptions options, CancellationToken cancellationToken) => Task.FromResult<WriteResult?>(null);

    private async IAsyncEnumerable<RecordBatch> OpenStreamAsync(FeatureRequest request, StoreOperation operation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answer = await PrepareAsync(request, operation, cancellationToken).ConfigureAwait(false);
        long rows = 0;
        await foreach (var batch in answer.Batches.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            rows += batch.Length;
            yield return batch;
        }

        Finish(operation, request, rows, answer);
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<RecordBatch> batches, StoreOperation operation)
    {
        try
        {
            return await batches.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (operation.Fails(failure))
        {
            throw;
        }
    }

    private ReadDiagnostics Finish(StoreOperation operation, FeatureRequest request, long rows, Answer answer)
    {
        var diagnostics = new ReadDiagnostics(answer.Engine, operation.Elapsed, answer.Plan.Notes.Describe(answer.Groups));
        operation.Done(rows, diagnostics);
        StoreLogMessages.FeaturesRead(_logger, request.Features.Count, rows, answer.Engine, diagnostics.Elapsed.TotalMilliseconds);
        return diagnostics;
    }

    private async Task<Answer> PrepareAsync(FeatureRequest request, StoreOperation operation, CancellationToken cancellationToken)
    {
        var answer = await PrepareAsync(request, cancellationToken).ConfigureAwait(false);
        operation.System = answer.Engine;
        operation.Collection = answer.Groups is [var only] ? only : null;
        return answer;
    }

    private async Task<Answer> PrepareAsync(FeatureRequest request, CancellationToken cancellationToken)
    {
        if (request.Options.Lookback is { } lookback && lookback != TimeSpan.MaxValue) LookbackRule.Check(lookback, "the request");
        var features = await FeatureResolver.ResolveAsync(Metadata, request.Features, cancellationToken).ConfigureAwait(false);
        CheckVersions(features, request.Options);
        var uses = GroupUse.Of(features, await OpenGroupsAsync(features, request.Options, cancellationToken).ConfigureAwait(false));
        foreach (var use in uses) use.Part?.CheckRequest(use.Group, request);
        var planner = new RetrievalPlanner(request.Options, uses, use => use.Snapshot!);

        if (request.Range is { } range) return PrepareRange(request, planner, features, uses, range);
        var moment = request.PointInTime is { } pointInTime ? UtcTime.FromDateTimeOffset(pointInTime) : UtcTime.Now(Context.TimeProvider);
        if (request.Spine is { } spine) return PrepareRows(request, planner, features, uses, spine, moment, ownsSpine: false);

        var entities = await FindEntitiesAsync(request, planner, features, uses, moment, cancellationToken).ConfigureAwait(false);
        return PrepareRows(request, planner, features, uses, entities, moment, ownsSpine: true);
    }

    private static void CheckVersions(IReadOnlyList<ResolvedFeature> features, RetrievalOptions options)
    {
        if (options is { AsOfVersion: not null, AsOfTimestamp: not null })
            throw new SchemaValidationException("AsOfVersion and AsOfTimestamp both say which version is read; give one of them.");
        if (options.AsOfVersion is not null && features.DistinctBy(feature => feature.Group.QualifiedName).Count() > 1)
            throw new SchemaValidationException("AsOfVersion is the version of one group's table, and the request has several groups. Use AsOfTimestamp, or make a request for each.");
    }

    private Task<GroupSnapshot> OpenGroupAsync(FeatureGroupSchema group, RetrievalOptions options, CancellationToken cancellationToken)
    {
        if (options.TableVersions.TryGetValue(group.QualifiedName, out var version)) return OpenPinnedAsync(group, version, cancellationToken);
        return options.AsOfVersion is null && options.AsOfTimestamp is null
            ? OpenGroupAsync(group, cancellationToken)
            : OpenGroupAsOfAsync(group, options.AsOfVersion, options.AsOfTimestamp, cancellationToken);
    }

    private Answer PrepareRows(
        FeatureRequest request, RetrievalPlanner planner, IReadOnlyList<ResolvedFeature> features, IReadOnlyList<GroupUse> uses, FeatureTable rows, long moment,
        bool ownsSpine)
    {
        OutputNames.Check(features, uses, rows.ColumnNames, request.Options.IncludeMatches);
        var plan = planner.ForRows(rows, request.TimeColumn, moment);
        var executor = SelectExecutor(plan, uses, request);
        var assembly = new SpineAssembly(rows, plan, features);
        return new Answer(assembly.Schema, assembly.RunAsync(executor, ownsSpine), executor.Name, plan, [.. uses.Select(use => use.Group.QualifiedName)]);
    }

    private Answer PrepareRange(
        FeatureRequest request, RetrievalPlanner planner, IReadOnlyList<ResolvedFeature> features, IReadOnlyList<GroupUse> uses, TimeRange range)
    {
        if (range.From > range.To) throw new SchemaValidationException($"The range ends at {range.To:O}, before it begins at {range.From:O}.");
        if (uses is not [{ NotNull: null } use])
            throw new SchemaValidationException("A range is read from one group at a time, without SkipNulls: name features of one group and version.");
        if (use.Group.IsStatic)
            throw new SchemaValidationException($"The group '{use.Group.QualifiedName}' is static: its rows have no event time, so a range has none of them.") { FeatureGroup = use.Group.Name };
        if (request.Options with { AsOfVersion = null, AsOfTimestamp = null, Store = null } != RetrievalOptions.Default)
            throw new SchemaValidationException("A range returns all rows with an event time in it; options that choose among rows do not go with it.");
        OutputNames.Check(features, uses, use.Group.ColumnNames().Take(use.Group.EntityKeys.Count + (use.Group.CreatedTimestampKey is null ? 1 : 2)), withMatches: false);
        var plan = planner.ForRange(use, range);
        var executor = SelectExecutor(plan, uses, request);
        var schema = new Schema([.. plan.Outputs.Select(output => ArrowTypes.ToField(output.Name, output.Column.Type))], null);
        return new Answer(schema, executor.RunAsync(plan), executor.Name, plan, [use.Group.QualifiedName]);
    }

    private async Task<FeatureTable> FindEntitiesAsync(
        FeatureRequest request, RetrievalPlanner planner, IReadOnlyList<ResolvedFeature> features, IReadOnlyList<GroupUse> uses, long moment, CancellationToken cancellationToken)
    {
        var keys = uses[0].Group.EntityKeys;
        foreach (var use in uses)
            if (!use.Group.EntityKeys.Select(key => key.Name).Order(StringComparer.Ordinal).SequenceEqual(keys.Select(key => key.Name).Order(StringComparer.Ordinal)))
                throw new SchemaValidationException(
                    $"Without entityIds all groups must have the same entity keys. '{uses[0].Group.QualifiedName}' has ({string.Join(", ", keys.Select(key => key.Name))}), "
                    + $"'{use.Group.QualifiedName}' has ({string.Join(", ", use.Group.EntityKeys.Select(key => key.Name))}). Give entityIds, or make two requests.")
                {
                    FeatureGroup = use.Group.Name,
                };
        if (features.FirstOrDefault(feature => feature.Reference.KeyColumns.Count > 0) is { } mapped)
            throw new SchemaValidationException($"The reference '{mapped.Reference}' maps keys to columns of a spine, and without entityIds there is none.");
        if (keys.Count == 0)
            return FeatureTable.FromArrow(new RecordBatch(new Schema([], null), [], 1));

        string[] names = [.. keys.Select(key => key.Name)];
        DataType[]? types = null;
        var batches = new List<RecordBatch>();
        try
        {
            foreach (var (plan, use) in planner.ForEntities(moment).Zip(uses))
            {
                PlanOutput[] outputs = [.. names.Select(name => plan.Keys.First(key => key.Name == name))];
                types = types is null ? [.. outputs.Select(output => output.Column.Type)] : CommonTypes(names, types, outputs);
                await foreach (var batch in SelectExecutor(plan, [use], request).RunAsync(plan with { Keys = outputs }, cancellationToken).ConfigureAwait(false)) batches.Add(batch);
            }

            return EntityUnion.Of(names, types!, batches);
        }
        finally
        {
            foreach (var batch in batches) batch.Dispose();
        }
    }

    private static DataType[] CommonTypes(string[] names, DataType[] types, PlanOutput[] outputs) =>
        [.. types.Select((type, i) => KeyTypes.Common(type, outputs[i].Column.Type)
            ?? throw new SchemaValidationException($"The entity key '{names[i]}' is {type} in one group of the request and {outputs[i].Column.Type} in another.") { Column = names[i] })];

    private sealed record Answer(Schema Schema, IAsyncEnumerable<RecordBatch> Batches, string Engine, RetrievalPlan Plan, IReadOnlyList<string> Groups);
}
