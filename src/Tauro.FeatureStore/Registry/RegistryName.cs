using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>A group, a version of one, or a feature of either, as a text names it: <c>users</c>, <c>users@1</c>, <c>users.age</c>, <c>users@1.age</c>.</summary>
internal readonly record struct RegistryName(string Group, int? Version, string? Feature)
{
    public static RegistryName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var (group, version) = GroupName.Parse(dot < 0 ? text : text[..dot]);
        return new RegistryName(group, version, dot < 0 ? null : Identifier.Check(text[(dot + 1)..], "feature"));
    }

    /// <summary>The name with the case that the registry has; throws where it names nothing.</summary>
    public RegistryName In(FeatureStoreMetadata registry)
    {
        var group = registry.GetFeatureGroup(Group, Version);
        return new RegistryName(group.Name, Version, Feature is null ? null : group.GetFeature(Feature).Name);
    }

    public override string ToString() => string.Concat(
        Group, Version is null ? null : string.Create(CultureInfo.InvariantCulture, $"@{Version}"), Feature is null ? null : $".{Feature}");
}
