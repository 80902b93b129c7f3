namespace Tauro.FeatureStore;

public sealed partial class FeatureStoreMetadata
{
    /// <summary>The names of all saved training sets, sorted.</summary>
    public IReadOnlyList<string> ListTrainingSets() => [.. _state.TrainingSets.Values.Select(versions => versions[0].Name)];

    /// <summary>The versions of a saved training set, oldest first.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="FeatureRegistryException">No training set was saved under that name; the message lists those that were.</exception>
    public IReadOnlyList<SavedTrainingSet> GetTrainingSets(string name)
    {
        FindTrainingSet(name, version: null);
        return _state.VersionsOf(name);
    }

    /// <summary>A saved training set.</summary>
    /// <param name="name">Its name, as <c>name</c> for the latest version or <c>name@version</c>.</param>
    /// <exception cref="FeatureRegistryException">No training set was saved under that name; the message lists those that were.</exception>
    public SavedTrainingSet GetTrainingSet(string name)
    {
        var (set, version) = GroupName.Parse(name);
        return FindTrainingSet(set, version);
    }

    internal async Task<SavedTrainingSet> ResolveTrainingSetAsync(string name, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return GetTrainingSet(name);
    }

    /// <summary>Saves a training set as the next version of its name, unless its latest is the same.</summary>
    internal async Task<SavedTrainingSet> SaveTrainingSetAsync(SavedTrainingSet set, CancellationToken cancellationToken)
    {
        var saved = set;
        var changed = await ChangeAsync(
            state =>
            {
                var latest = state.VersionsOf(set.Name) is [.., var last] ? last : null;
                if (latest is not null && latest.Name != set.Name)
                    throw new FeatureRegistryException($"The training set '{set.Name}' differs from the saved '{latest.Name}' only by case. Use that name, or another one.");
                if (latest is not null && latest.IsSameSetAs(set)) return null;
                saved = set with { Version = (latest?.Version ?? 0) + 1 };
                return new TrainingSetSaved(saved);
            },
            cancellationToken).ConfigureAwait(false);
        if (changed) RegistryLogMessages.TrainingSetSaved(_logger, saved.QualifiedName, saved.Features.Count);
        return changed ? FindTrainingSet(set.Name, saved.Version) : FindTrainingSet(set.Name, version: null);
    }

    private SavedTrainingSet FindTrainingSet(string name, int? version)
    {
        ArgumentNullException.ThrowIfNull(name);
        var state = _state;
        var versions = state.VersionsOf(name);
        if (version is null && versions is [.., var latest]) return latest;
        return versions.FirstOrDefault(set => set.Version == version) ?? throw new FeatureRegistryException(versions.IsEmpty
            ? $"No training set was saved as '{name}'. Saved are: {(state.TrainingSets.IsEmpty ? "none" : string.Join(", ", state.TrainingSets.Keys))}."
            : FormattableString.Invariant($"The training set '{name}' has no version {version}. It has: {string.Join(", ", versions.Select(set => set.Version))}."));
    }
}
