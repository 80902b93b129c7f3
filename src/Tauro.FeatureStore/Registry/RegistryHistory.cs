using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>One change in the registry's history.</summary>
/// <param name="Number">Its place in the history, from 0 on.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Author">Who made it: <see cref="IFeatureStoreContext.UserName"/>.</param>
/// <param name="Name">What was changed: a group as <c>group@version</c>, a feature, a source, or <c>training_set:name@version</c>.</param>
/// <param name="What">What was done.</param>
public sealed record RegistryEvent(long Number, DateTimeOffset Time, string Author, string Name, string What)
{
    /// <summary>The change as one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number} {Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} {Author}: {Name}: {What}");
}

/// <summary>Tells a log's commits as events.</summary>
internal static class RegistryHistory
{
    public static IReadOnlyList<RegistryEvent> Of(IReadOnlyList<RegistryCommit> commits, string? name)
    {
        var (events, schemas, number) = (new List<RegistryEvent>(), new Dictionary<string, FeatureGroupSchema>(StringComparer.OrdinalIgnoreCase), -1L);
        foreach (var commit in commits)
        {
            number++;
            foreach (var change in Parts(commit.Change))
            {
                var (subject, what) = Tell(change, schemas);
                if (name is null || Concerns(subject, name)) events.Add(new RegistryEvent(number, commit.Time, commit.Author, subject, what));
            }
        }

        return events;
    }

    private static IEnumerable<RegistryChange> Parts(RegistryChange change) => change is ChangedTogether together ? together.Changes.SelectMany(Parts) : [change];

    private static (string Subject, string What) Tell(RegistryChange change, Dictionary<string, FeatureGroupSchema> schemas)
    {
        switch (change)
        {
            case GroupRegistered { Schema: var schema }:
                var what = schemas.TryGetValue(schema.QualifiedName, out var before)
                    ? string.Join("; ", SchemaComparison.Between(before, schema).Changes)
                    : $"registered with {string.Join(", ", schema.Features.Select(feature => feature.Name))}";
                schemas[schema.QualifiedName] = schema;
                return (schema.QualifiedName, what);
            case GroupRemoved removed:
                foreach (var name in schemas.Keys.Where(name => Concerns(name, removed.Name)).ToList()) schemas.Remove(name);
                return (removed.Name, "removed with all its versions");
            case LineageSet lineage:
                return (lineage.Name, $"made from {(lineage.Dependencies.Count == 0 ? "nothing" : string.Join(", ", lineage.Dependencies))}");
            case FeaturesDefined defined:
                return (new RegistryName(defined.Group, defined.GroupVersion, null).ToString(), $"defined by queries: {string.Join(", ", defined.Definitions.SelectMany(definition => definition.Features))}");
            case NameDeprecated deprecated:
                return (deprecated.Name, $"deprecated: {deprecated.Reason}{(deprecated.UseInstead is null ? "" : $" Use {deprecated.UseInstead} instead.")}");
            case DeprecationLifted lifted:
                return (lifted.Name, "no longer deprecated");
            case TrainingSetSaved { TrainingSet: var set }:
                return (LineageWalk.TrainingSet(set).Name, $"saved with {string.Join(", ", set.Features)}");
            default:
                throw new ArgumentOutOfRangeException(nameof(change));
        }
    }

    /// <summary>Whether a change of one name is one of another: of the name itself, of a version of it, or of a feature of the group.</summary>
    private static bool Concerns(string subject, string name) =>
        subject.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (subject.Length == name.Length || subject[name.Length] is '@' or '.')
        || (name.Contains('.', StringComparison.Ordinal) && WithoutVersion(subject).Equals(WithoutVersion(name), StringComparison.OrdinalIgnoreCase) && !name.Contains('@', StringComparison.Ordinal));

    private static string WithoutVersion(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        if (at < 0) return name;
        var dot = name.IndexOf('.', at);
        return dot < 0 ? name[..at] : name[..at] + name[dot..];
    }
}
