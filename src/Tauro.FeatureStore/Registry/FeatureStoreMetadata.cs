using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

/// <summary>
/// The registry: feature groups with all their versions, their features, and lineage. Reads are synchronous and come from memory; changes and
/// <see cref="RefreshAsync"/> are asynchronous. Safe for use by many threads at once, and by many processes where it is kept in files.
/// </summary>
/// <remarks>
/// A registry in files is an append-only log of small JSON commits in the folder <c>_registry</c>. Each is created only if its name is free, so that two
/// processes never lose each other's change and a crash never leaves half of one. It holds data only: nothing in it is ever executed.
/// </remarks>
public sealed class FeatureStoreMetadata : IDisposable
{
    private static readonly ConditionalWeakTable<IFeatureStoreContext, FeatureStoreMetadata> Shared = [];

    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly IRegistryLog _log;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private volatile RegistryState _state = RegistryState.Empty;
    private volatile ILastWrites[] _tables = [];

    /// <summary>Makes an empty registry that lives in memory only.</summary>
    public FeatureStoreMetadata() : this(new MemoryRegistryLog(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)
    {
    }

    internal FeatureStoreMetadata(IRegistryLog log, TimeProvider clock, ILogger logger)
    {
        _log = log;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Opens the registry that is kept under a folder, or will be: it is created by its first change.</summary>
    /// <param name="root">The folder of the feature store.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MetadataException">A commit of the registry cannot be read.</exception>
    public static async Task<FeatureStoreMetadata> OpenAsync(string root, CancellationToken cancellationToken = default)
    {
        var metadata = new FeatureStoreMetadata(
            new FileRegistryLog(new LocalFileStorage(root)), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return metadata;
    }

    /// <summary>The one registry of a context, which all its stores share. It reads its log when something is first missed, changed or refreshed.</summary>
    internal static FeatureStoreMetadata Of(IFeatureStoreContext context) => Shared.GetValue(context, static context => new FeatureStoreMetadata(
        new FileRegistryLog(new LocalFileStorage(context.FeatureStorePath)), context.TimeProvider, context.LoggerFactory.CreateLogger<FeatureStoreMetadata>()));

    /// <summary>Keeps the registry of a context in a log of another kind, before the first store of that context is made.</summary>
    internal static void Keep(IFeatureStoreContext context, IRegistryLog log) =>
        Shared.GetValue(context, context => new FeatureStoreMetadata(log, context.TimeProvider, context.LoggerFactory.CreateLogger<FeatureStoreMetadata>()));

    /// <summary>
    /// Registers a group, or a new version of one. The same schema again changes nothing; a compatible change (a new nullable feature, a not-null dropped, a
    /// description, a tag, an owner) is accepted in place; a breaking one asks for the next version.
    /// </summary>
    /// <param name="schema">The schema.</param>
    /// <param name="cancellationToken">Stops the call before the change is made.</param>
    /// <exception cref="SchemaValidationException">The schema does not hold together.</exception>
    /// <exception cref="FeatureRegistryException">The change breaks the registered version, or skips one; the message says how.</exception>
    public async Task RegisterFeatureGroupAsync(FeatureGroupSchema schema, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(schema);
        schema.Validate();
        var changed = await ChangeAsync(state => CheckRegistration(state, schema) ? new GroupRegistered(schema) : null, cancellationToken).ConfigureAwait(false);
        if (changed) RegistryLogMessages.GroupRegistered(_logger, schema.Name, schema.Version, schema.Features.Count);
    }

    /// <summary>The schema of a group.</summary>
    /// <param name="name">The group's name, without regard to case.</param>
    /// <param name="version">The version, or null for the latest.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group or the version is not registered; the message lists what is.</exception>
    public FeatureGroupSchema GetFeatureGroup(string name, int? version = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var state = _state;
        if (state.Find(name, version) is { } found) return found;
        var message = state.Groups.TryGetValue(name, out var versions)
            ? string.Create(CultureInfo.InvariantCulture, $"The feature group '{name}' has no version {version}. It has: {string.Join(", ", versions.Keys)}.")
            : $"The feature group '{name}' is not registered. Registered are: {(state.Groups.IsEmpty ? "none" : string.Join(", ", state.Groups.Keys))}.";
        throw new FeatureGroupNotFoundException(message) { FeatureGroup = name };
    }

    /// <summary>The schema of a feature.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="feature">The feature's name.</param>
    /// <param name="version">The group's version, or null for the latest.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group or the version is not registered.</exception>
    /// <exception cref="FeatureNotFoundException">The group has no such feature.</exception>
    public FeatureSchema GetFeature(string group, string feature, int? version = null) => GetFeatureGroup(group, version).GetFeature(feature);

    /// <summary>The names of all groups, sorted.</summary>
    public IReadOnlyList<string> ListFeatureGroups() => [.. _state.LatestGroups.Select(group => group.Name)];

    /// <summary>The versions of a group, sorted.</summary>
    /// <param name="name">The group's name.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    public IReadOnlyList<int> ListVersions(string name) => [.. _state.Groups[GetFeatureGroup(name).Name].Keys];

    /// <summary>The names of a group's features, in their order.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="version">The version, or null for the latest.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group or the version is not registered.</exception>
    public IReadOnlyList<string> ListFeatures(string group, int? version = null) => [.. GetFeatureGroup(group, version).Features.Select(feature => feature.Name)];

    /// <summary>The features of all groups' latest versions that match, by group and in their order.</summary>
    /// <param name="search">What to look for.</param>
    public IReadOnlyList<FoundFeature> Search(FeatureSearch search)
    {
        ArgumentNullException.ThrowIfNull(search);
        return [.. _state.LatestGroups.SelectMany(group => group.Features.Where(feature => search.Matches(group, feature)).Select(feature => new FoundFeature(group, feature)))];
    }

    /// <summary>The definitions of a group's virtual features; empty where it has none.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="version">The version, or null for the latest.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group or the version is not registered.</exception>
    public IReadOnlyList<VirtualFeatureDefinition> GetVirtualDefinitions(string group, int? version = null) => DefinitionsOf(_state, GetFeatureGroup(group, version));

    /// <summary>Says what a feature or source was made from. What was said of it before is replaced.</summary>
    /// <param name="name">A feature as <c>group.feature</c>, or a source such as <c>silver.users</c>.</param>
    /// <param name="dependencies">Features and sources, written in the same way.</param>
    /// <param name="cancellationToken">Stops the call before the change is made.</param>
    /// <exception cref="SchemaValidationException">A name is invalid.</exception>
    /// <exception cref="FeatureRegistryException">Something would depend on itself.</exception>
    public async Task SetLineageAsync(string name, IReadOnlyList<string> dependencies, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dependencies);
        foreach (var part in dependencies.Prepend(name)) CheckLineageName(part);
        await ChangeAsync(
            state =>
            {
                foreach (var dependency in dependencies)
                    if (dependency.Equals(name, StringComparison.OrdinalIgnoreCase) || state.Lineage.Upstream(dependency).Contains(name, StringComparer.OrdinalIgnoreCase))
                        throw new FeatureRegistryException($"'{name}' cannot be made from '{dependency}', which is itself made from '{name}'.");
                return new LineageSet(name, dependencies);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a feature or source was made from directly; empty where nothing was said.</summary>
    /// <param name="name">A feature as <c>group.feature</c>, or a source.</param>
    public IReadOnlyList<string> GetLineage(string name) => _state.Lineage.DependenciesOf(name);

    /// <summary>All features and sources that a name was made from, through any number of steps, sorted.</summary>
    /// <param name="name">A feature as <c>group.feature</c>, or a source.</param>
    public IReadOnlyList<string> GetUpstream(string name) => _state.Lineage.Upstream(name);

    /// <summary>All features that were made from a name, through any number of steps, sorted.</summary>
    /// <param name="name">A feature as <c>group.feature</c>, or a source.</param>
    public IReadOnlyList<string> GetDownstream(string name) => _state.Lineage.Downstream(name);

    /// <summary>When rows of a group were last written; null where none were. The stores' tables are asked: the registry does not keep it.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="version">The version, or null for the latest.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group or the version is not registered.</exception>
    public async Task<DateTimeOffset?> GetLastUpdatedAsync(string group, int? version = null, CancellationToken cancellationToken = default)
    {
        var schema = await ResolveGroupAsync(group, version, cancellationToken).ConfigureAwait(false);
        DateTimeOffset? last = null;
        foreach (var tables in _tables)
            if (await tables.GetLastWriteAsync(schema, cancellationToken).ConfigureAwait(false) is { } written && (last is null || written > last))
                last = written;
        return last;
    }

    /// <summary>Reads the changes that others have made since the last look.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MetadataException">A commit of the registry cannot be read.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Frees what the registry holds in memory.</summary>
    public void Dispose() => _changing.Dispose();

    /// <summary>The latest versions of all groups.</summary>
    internal IEnumerable<FeatureGroupSchema> LatestGroups => _state.LatestGroups;

    /// <summary>Where the registry is kept, for messages.</summary>
    internal string Location => _log.Location;

    /// <summary>Lets the registry ask a store's tables for their last writes.</summary>
    internal void Attach(ILastWrites tables) => _tables = [.. _tables, tables];

    /// <summary>Stops asking a store's tables.</summary>
    internal void Detach(ILastWrites tables) => _tables = [.. _tables.Where(other => !ReferenceEquals(other, tables))];

    /// <summary>The schema of a group; a miss looks first whether another process has registered it.</summary>
    internal async Task<FeatureGroupSchema> ResolveGroupAsync(string name, int? version, CancellationToken cancellationToken)
    {
        if (_state.Find(name, version) is { } known) return known;
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return GetFeatureGroup(name, version);
    }

    /// <summary>Takes a group with all its versions out of the registry; nothing happens where it is not there.</summary>
    internal async Task RemoveFeatureGroupAsync(string name, CancellationToken cancellationToken)
    {
        var removed = await ChangeAsync(state => state.Groups.ContainsKey(name) ? new GroupRemoved(name) : null, cancellationToken).ConfigureAwait(false);
        if (removed) RegistryLogMessages.GroupRemoved(_logger, name);
    }

    /// <summary>Adds definitions to a group version. A feature that had another definition before has the new one.</summary>
    internal async Task DefineFeaturesAsync(FeatureGroupSchema group, IReadOnlyList<VirtualFeatureDefinition> definitions, CancellationToken cancellationToken) =>
        await ChangeAsync(state => Define(state, group, definitions), cancellationToken).ConfigureAwait(false);

    private static FeaturesDefined? Define(RegistryState state, FeatureGroupSchema group, IReadOnlyList<VirtualFeatureDefinition> definitions)
    {
        var before = DefinitionsOf(state, group);
        var defined = definitions.SelectMany(definition => definition.Features).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var kept = before
            .Select(definition => definition with { Features = ValueList.Of(definition.Features.Where(feature => !defined.Contains(feature))) })
            .Where(definition => definition.Features.Count > 0);
        VirtualFeatureDefinition[] after = [.. kept, .. definitions];
        return after.ToHashSet().SetEquals(before) ? null : new FeaturesDefined(group.Name, group.Version, after);
    }

    private static IReadOnlyList<VirtualFeatureDefinition> DefinitionsOf(RegistryState state, FeatureGroupSchema group) =>
        state.Definitions.TryGetValue((group.Name, group.Version), out var definitions) ? definitions : [];

    private async Task<bool> ChangeAsync(Func<RegistryState, RegistryChange?> decide, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                await CatchUpAsync(cancellationToken).ConfigureAwait(false);
                var state = _state;
                if (decide(state) is not { } change) return false;
                if (!await _log.TryWriteAsync(state.Version, change, _clock.GetUtcNow(), cancellationToken).ConfigureAwait(false)) continue;
                _state = state.Apply(change);
                return true;
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var state = _state;
        while (await _log.ReadAsync(state.Version, cancellationToken).ConfigureAwait(false) is { } change) state = state.Apply(change);
        _state = state;
    }

    /// <summary>Whether a schema changes the registry. Throws where it must not.</summary>
    private static bool CheckRegistration(RegistryState state, FeatureGroupSchema schema)
    {
        var latest = state.Find(schema.Name, version: null);
        if (latest is not null && !latest.Name.Equals(schema.Name, StringComparison.Ordinal))
            throw new FeatureRegistryException($"The group '{schema.Name}' differs from the registered '{latest.Name}' only by case. Use that name, or another one.") { FeatureGroup = schema.Name };
        if (state.Find(schema.Name, schema.Version) is not { } registered)
        {
            var next = (latest?.Version ?? 0) + 1;
            return schema.Version == next || (latest is null && schema.Version >= 1)
                ? true
                : throw new FeatureRegistryException(string.Create(CultureInfo.InvariantCulture,
                    $"The group '{schema.Name}' is registered up to version {latest!.Version}; the next version is {next}, not {schema.Version}.")) { FeatureGroup = schema.Name };
        }

        if (registered == schema) return false;
        var breaks = SchemaCompatibility.BreakingChanges(registered, schema);
        return breaks.Count == 0
            ? true
            : throw new FeatureRegistryException(string.Create(CultureInfo.InvariantCulture,
                $"The change of '{schema.QualifiedName}' breaks it: {string.Join("; ", breaks)}. Register it as Version = {latest!.Version + 1}; version {schema.Version} stays readable."))
            {
                FeatureGroup = schema.Name,
            };
    }

    private static void CheckLineageName(string name)
    {
        foreach (var part in (name ?? "").Split('.'))
        {
            var at = part.IndexOf('@', StringComparison.Ordinal);
            var isVersion = at > 0 && int.TryParse(part.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
            Identifier.Check(isVersion ? part[..at] : part, "feature or source in a lineage");
        }
    }
}
