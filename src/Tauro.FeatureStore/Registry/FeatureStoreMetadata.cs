using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

/// <summary>
/// The registry: feature groups with all their versions, their features, deprecations, lineage, saved training sets, and who changed what when. Reads are synchronous
/// and come from memory; changes and <see cref="RefreshAsync"/> are asynchronous. Safe for use by many threads at once, and by many processes where it is kept in files.
/// </summary>
/// <remarks>
/// A registry in files is an append-only log of small JSON commits in the folder <c>_registry</c>. Each is created only if its name is free, so that two
/// processes never lose each other's change and a crash never leaves half of one. It holds data only: nothing in it is ever executed.
/// </remarks>
public sealed partial class FeatureStoreMetadata : IDisposable
{
    private static readonly ConditionalWeakTable<IFeatureStoreContext, FeatureStoreMetadata> Shared = [];

    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly IRegistryLog _log;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly string _author;
    private readonly ConcurrentDictionary<Deprecation, bool> _warned = [];
    private volatile RegistryState _state = RegistryState.Empty;
    private volatile ILastWrites[] _tables = [];

    /// <summary>Makes an empty registry that lives in memory only.</summary>
    public FeatureStoreMetadata() : this(new MemoryRegistryLog(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)
    {
    }

    internal FeatureStoreMetadata(IRegistryLog log, TimeProvider clock, ILogger logger, string? author = null)
    {
        _author = author ?? Environment.UserName;
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
    internal static FeatureStoreMetadata Of(IFeatureStoreContext context) => Shared.GetValue(context, static context =>
    {
        var logger = context.LoggerFactory.CreateLogger<FeatureStoreMetadata>();
        return new FeatureStoreMetadata(new FileRegistryLog(new LocalFileStorage(context.FeatureStorePath), logger), context.TimeProvider, logger, context.UserName);
    });

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
        var changed = await ChangeAsync(state => Registration.Decide(state, schema), cancellationToken).ConfigureAwait(false);
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

    /// <summary>All versions of a group, oldest first.</summary>
    /// <param name="name">The group's name.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    public IReadOnlyList<FeatureGroupSchema> GetVersions(string name) => [.. _state.Groups[GetFeatureGroup(name).Name].Values];

    /// <summary>The names of a group's features, in their order.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="version">The version, or null for the latest.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group or the version is not registered.</exception>
    public IReadOnlyList<string> ListFeatures(string group, int? version = null) => [.. GetFeatureGroup(group, version).Features.Select(feature => feature.Name)];

    /// <summary>The features of all groups' latest versions that match, by group and in their order, each with its deprecation.</summary>
    /// <param name="search">What to look for.</param>
    public IReadOnlyList<FoundFeature> Search(FeatureSearch search)
    {
        ArgumentNullException.ThrowIfNull(search);
        var state = _state;
        return
        [
            .. state.LatestGroups.SelectMany(group => group.Features
                .Select(feature => new FoundFeature(group, feature) { Deprecation = state.FindDeprecation(group, feature) })
                .Where(search.Matches)),
        ];
    }

    /// <summary>The definitions of a group's virtual features; empty where it has none.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="version">The version, or null for the latest.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group or the version is not registered.</exception>
    public IReadOnlyList<VirtualFeatureDefinition> GetVirtualDefinitions(string group, int? version = null) => _state.DefinitionsOf(GetFeatureGroup(group, version));

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

    private FeaturesDefined? Define(RegistryState state, FeatureGroupSchema group, IReadOnlyList<VirtualFeatureDefinition> definitions)
    {
        var before = state.DefinitionsOf(group);
        var defined = definitions.SelectMany(definition => definition.Features).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var kept = before
            .Select(definition => definition with { Features = ValueList.Of(definition.Features.Where(feature => !defined.Contains(feature))) })
            .Where(definition => definition.Features.Count > 0);
        VirtualFeatureDefinition[] after = [.. kept, .. definitions];
        if (after.ToHashSet().SetEquals(before)) return null;
        var change = new FeaturesDefined(group.Name, group.Version, after);
        CheckAcyclic(state, change, lineage => group.Features.Select(feature => lineage.Feature(group, feature)));
        return change;
    }

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
                var commit = new RegistryCommit(change, _clock.GetUtcNow(), _author);
                if (!await _log.TryWriteAsync(state.Version, commit, cancellationToken).ConfigureAwait(false)) continue;
                _state = state.Apply([commit]);
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
        var commits = await _log.ReadAsync(_state.Version, cancellationToken).ConfigureAwait(false);
        if (commits.Count > 0) _state = _state.Apply(commits);
    }
}
