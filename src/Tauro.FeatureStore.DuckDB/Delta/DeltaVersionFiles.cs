using System.Collections.Immutable;
using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore.Engines;

/// <summary>What of one version of a Delta table a reader needs.</summary>
/// <param name="Version">The version.</param>
/// <param name="Protocol">What a reader must understand.</param>
/// <param name="Metadata">The schema and the partition columns.</param>
/// <param name="Files">The files, by path.</param>
internal sealed record DeltaVersionFiles(long Version, DeltaProtocol? Protocol, DeltaMetadata? Metadata, ImmutableDictionary<string, DeltaAdd> Files)
{
    /// <summary>A table before its first commit.</summary>
    public static DeltaVersionFiles None { get; } = new(-1, null, null, ImmutableDictionary.Create<string, DeltaAdd>(StringComparer.Ordinal));

    /// <summary>The version that a commit makes of this one.</summary>
    public DeltaVersionFiles With(long version, IReadOnlyList<DeltaAction> actions)
    {
        // The lines of a commit have no order. Where one both removes and adds a path, the file stays.
        var files = Files.ToBuilder();
        foreach (var remove in actions.OfType<DeltaRemove>()) files.Remove(remove.Path);
        foreach (var add in actions.OfType<DeltaAdd>()) files[add.Path] = add;
        return new DeltaVersionFiles(
            version, actions.OfType<DeltaProtocol>().LastOrDefault() ?? Protocol, actions.OfType<DeltaMetadata>().LastOrDefault() ?? Metadata, files.ToImmutable());
    }
}
