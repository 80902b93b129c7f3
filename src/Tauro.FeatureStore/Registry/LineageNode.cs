namespace Tauro.FeatureStore;

/// <summary>Something in a lineage. Two are equal where kind and name are, without regard to case.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">
/// Its name: <c>users</c> for the latest version of a group and <c>users@1</c> for another; <c>users.age</c> and <c>users@1.age</c> for features likewise;
/// <c>users(age, city)</c> for the definition of two features; <c>training_set:churn@1</c>; the name of a source as it was given.
/// </param>
public sealed record LineageNode(LineageKind Kind, string Name)
{
    /// <inheritdoc/>
    public bool Equals(LineageNode? other) => other is not null && Kind == other.Kind && Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Name.GetHashCode(StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A step of a lineage: one thing that another is made from.</summary>
/// <param name="From">What is used.</param>
/// <param name="To">What is made from it.</param>
public sealed record LineageEdge(LineageNode From, LineageNode To);

/// <summary>What a node of a lineage is.</summary>
public enum LineageKind
{
    /// <summary>A table or anything else that the registry knows by name alone.</summary>
    Source,

    /// <summary>A query that computes features.</summary>
    Definition,

    /// <summary>A feature of a registered group.</summary>
    Feature,

    /// <summary>A version of a registered group, made of its features.</summary>
    Group,

    /// <summary>A version of a saved training set, made of features.</summary>
    TrainingSet,
}
