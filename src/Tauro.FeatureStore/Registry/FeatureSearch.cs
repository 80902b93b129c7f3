namespace Tauro.FeatureStore;

/// <summary>What to look for in the registry. All that is given must hold; texts are compared without regard to case.</summary>
public sealed record FeatureSearch
{
    /// <summary>A part of the feature's name.</summary>
    /// <value>The default is null: any.</value>
    public string? Name { get; init; }

    /// <summary>A part of a name or a description, of the feature or of its group.</summary>
    /// <value>The default is null: any.</value>
    public string? Text { get; init; }

    /// <summary>The key of a tag that the group has.</summary>
    /// <value>The default is null: any.</value>
    public string? Tag { get; init; }

    /// <summary>The value of the tag <see cref="Tag"/>.</summary>
    /// <value>The default is null: any.</value>
    public string? TagValue { get; init; }

    /// <summary>The group's owner.</summary>
    /// <value>The default is null: any.</value>
    public string? Owner { get; init; }

    /// <summary>The name of an entity key of the group, such as <c>user_id</c>.</summary>
    /// <value>The default is null: any.</value>
    public string? Entity { get; init; }

    /// <summary>Whether the feature, or its group, is deprecated.</summary>
    /// <value>The default is null: either.</value>
    public bool? Deprecated { get; init; }

    /// <summary>The type of the feature's values.</summary>
    /// <value>The default is null: any.</value>
    public DataType? DataType { get; init; }

    /// <summary>What the feature's values mean.</summary>
    /// <value>The default is null: any.</value>
    public FeatureType? FeatureType { get; init; }

    internal bool Matches(FoundFeature found)
    {
        var (group, feature) = found;
        return (Name is null || Contains(feature.Name, Name))
            && (Text is null || Contains(feature.Name, Text) || Contains(feature.Description, Text) || Contains(group.Name, Text) || Contains(group.Description, Text))
            && (Tag is null || group.Tags.Any(tag => Same(tag.Key, Tag) && (TagValue is null || Same(tag.Value, TagValue))))
            && (Owner is null || Same(group.Owner, Owner))
            && (Entity is null || group.EntityKeys.Any(key => Same(key.Name, Entity)))
            && (DataType is null || feature.DataType == DataType)
            && (FeatureType is null || feature.FeatureType == FeatureType)
            && (Deprecated is null || (found.Deprecation is not null) == Deprecated);
    }

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A feature that was found, and its group.</summary>
/// <param name="Group">The latest version of the group.</param>
/// <param name="Feature">The feature.</param>
public sealed record FoundFeature(FeatureGroupSchema Group, FeatureSchema Feature)
{
    /// <summary>The deprecation of the feature, its version or its group; null where there is none.</summary>
    /// <value>The default is null.</value>
    public Deprecation? Deprecation { get; init; }
}
