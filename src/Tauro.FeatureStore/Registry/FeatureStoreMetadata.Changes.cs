namespace Tauro.FeatureStore;

public sealed partial class FeatureStoreMetadata
{
    /// <summary>How a schema differs from the registered version that it would change, or, where its version is not registered, from the latest.</summary>
    /// <param name="schema">The schema.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    public SchemaComparison Compare(FeatureGroupSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return SchemaComparison.Between(_state.Find(schema.Name, schema.Version) ?? GetFeatureGroup(schema.Name), schema);
    }

    /// <summary>How two registered versions of a group differ.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="from">The version before.</param>
    /// <param name="to">The version after.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group or a version is not registered.</exception>
    public SchemaComparison Compare(string group, int from, int to) => SchemaComparison.Between(GetFeatureGroup(group, from), GetFeatureGroup(group, to));

    /// <summary>What registering some schemas would do. Nothing is changed.</summary>
    /// <param name="schemas">The schemas, in the order in which they would be registered.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<RegistryPlan> PlanAsync(IReadOnlyList<FeatureGroupSchema> schemas, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(schemas);
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return PlanOf(_state, schemas);
    }

    /// <summary>Carries out a plan: all of it in one change, or none.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Stops the call before the change is made.</param>
    /// <exception cref="FeatureRegistryException">The plan has a refusal, or a group of it was changed since it was made. Make a new plan.</exception>
    public async Task ApplyAsync(RegistryPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (!plan.CanApply)
            throw new FeatureRegistryException($"The plan cannot be applied: {string.Join(" ", plan.Changes.Where(change => change.Refusal is not null).Select(change => change.Refusal))}");
        var changed = await ChangeAsync(
            state =>
            {
                var now = PlanOf(state, [.. plan.Changes.Select(change => change.Schema)]);
                foreach (var (planned, current) in plan.Changes.Zip(now.Changes))
                    if (planned.Action != current.Action || planned.Registered != current.Registered)
                        throw new FeatureRegistryException($"The registry has changed since the plan was made: now {current} Make a new plan.") { FeatureGroup = planned.Schema.Name };
                RegistryChange[] changes = [.. plan.Changes.Where(change => change.Action != PlannedAction.Nothing).Select(change => new GroupRegistered(change.Schema))];
                return changes switch { [] => null, [var only] => only, _ => new ChangedTogether(changes) };
            },
            cancellationToken).ConfigureAwait(false);
        if (!changed) return;
        foreach (var change in plan.Changes.Where(change => change.Action != PlannedAction.Nothing))
            RegistryLogMessages.GroupRegistered(_logger, change.Schema.Name, change.Schema.Version, change.Schema.Features.Count);
    }

    /// <summary>
    /// Says that a group, a version of one, or a feature should not be used in anything new. It stays readable; the first read of it logs a warning. What was said before is
    /// replaced.
    /// </summary>
    /// <param name="name">What is deprecated: <c>group</c>, <c>group@version</c>, <c>group.feature</c> or <c>group@version.feature</c>.</param>
    /// <param name="reason">Why, as a sentence.</param>
    /// <param name="useInstead">What to use instead, named in the same way and registered; null where there is nothing.</param>
    /// <param name="cancellationToken">Stops the call before the change is made.</param>
    /// <exception cref="FeatureGroupNotFoundException">A group or version is not registered.</exception>
    /// <exception cref="FeatureNotFoundException">A group has no such feature.</exception>
    public async Task DeprecateAsync(string name, string reason, string? useInstead = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        var what = RegistryName.Parse(name).In(this).ToString();
        var instead = useInstead is null ? null : RegistryName.Parse(useInstead).In(this).ToString();
        if (instead == what) throw new FeatureRegistryException($"'{what}' cannot be used instead of itself.");
        await ChangeAsync(
            state => state.Deprecations.TryGetValue(what, out var known) && known.Reason == reason && known.UseInstead == instead ? null : new NameDeprecated(what, reason, instead),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a deprecation back; nothing happens where there is none of that name.</summary>
    /// <param name="name">The name that was deprecated.</param>
    /// <param name="cancellationToken">Stops the call before the change is made.</param>
    public async Task LiftDeprecationAsync(string name, CancellationToken cancellationToken = default)
    {
        var what = RegistryName.Parse(name).ToString();
        await ChangeAsync(state => state.Deprecations.TryGetValue(what, out var known) ? new DeprecationLifted(known.Name) : null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The deprecation that concerns a name most closely: its own, else that of its version or its group; null where there is none.</summary>
    /// <param name="name">A group or feature, named as for <see cref="DeprecateAsync"/>. Without a version it is the latest.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group or the version is not registered.</exception>
    /// <exception cref="FeatureNotFoundException">The group has no such feature.</exception>
    public Deprecation? GetDeprecation(string name)
    {
        var (groupName, version, feature) = RegistryName.Parse(name);
        var group = GetFeatureGroup(groupName, version);
        return _state.FindDeprecation(group, feature is null ? null : group.GetFeature(feature));
    }

    /// <summary>All deprecations, by name.</summary>
    public IReadOnlyList<Deprecation> ListDeprecations() => [.. _state.Deprecations.Values];

    /// <summary>Who changed what when, oldest first.</summary>
    /// <param name="name">The group, feature, source or training set whose changes are wanted, without regard to case and to versions; null for all.</param>
    public IReadOnlyList<RegistryEvent> GetHistory(string? name = null) => RegistryHistory.Of(_state.Commits, name);

    /// <summary>A group, a feature or a training set as text for people: what it is, its versions side by side, what it is made from and what is made from it.</summary>
    /// <param name="name">A group or feature, named as for <see cref="DeprecateAsync"/>, or <c>training_set:name</c>.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group or the version is not registered.</exception>
    /// <exception cref="FeatureNotFoundException">The group has no such feature.</exception>
    public string Describe(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new RegistryDescription(_state).Of(name, this);
    }

    /// <summary>Logs, once for each deprecation, that a read uses what is deprecated.</summary>
    internal void WarnOfDeprecation(FeatureGroupSchema group, FeatureSchema feature)
    {
        if (_state.FindDeprecation(group, feature) is { } found && _warned.TryAdd(found, true))
            RegistryLogMessages.DeprecatedFeatureRead(_logger, $"{group.QualifiedName}.{feature.Name}", found);
    }

    private static RegistryPlan PlanOf(RegistryState state, IReadOnlyList<FeatureGroupSchema> schemas)
    {
        var changes = new List<PlannedChange>();
        foreach (var schema in schemas)
        {
            var planned = Registration.Plan(state, schema);
            changes.Add(planned);
            if (planned.Refusal is null) state = state.With(schema);
        }

        return new RegistryPlan(ValueList.Of(changes));
    }
}
