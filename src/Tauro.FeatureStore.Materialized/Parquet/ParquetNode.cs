namespace Tauro.FeatureStore.Materialized;

/// <summary>What a node of a Parquet schema holds. A map is a list whose elements are structs of a key and a value.</summary>
internal enum ParquetNodeKind
{
    Leaf,
    Struct,
    List,
    Map,
}

/// <summary>
/// One node of a file's schema, with the levels that Dremel's encoding gives it. A list's repeated group is part of the list: its only child is the
/// element.
/// </summary>
internal sealed class ParquetNode
{
    public required string Name { get; init; }

    public required ParquetNodeKind Kind { get; init; }

    /// <summary>Whether it may be null where its parent is not.</summary>
    public required bool Optional { get; init; }

    /// <summary>The definition level from which on the value is there: not null, though perhaps an empty list.</summary>
    public required int Definition { get; init; }

    /// <summary>The definition level from which on the innermost list around it has an element, and so this node a place for a value or a null.</summary>
    public required int SlotDefinition { get; init; }

    /// <summary>How many lists are around it.</summary>
    public required int SlotRepetition { get; init; }

    /// <summary>The names from the root to this node, with those of repeated groups.</summary>
    public required IReadOnlyList<string> Path { get; init; }

    public IReadOnlyList<ParquetNode> Children { get; init; } = [];

    /// <summary>A leaf's physical type and what it stands for; null for every other node.</summary>
    public ParquetLeafType? LeafType { get; init; }

    /// <summary>The definition level of a list that has an element.</summary>
    public int ElementDefinition => Definition + 1;

    public string DottedPath => string.Join('.', Path);

    public IEnumerable<ParquetNode> Leaves => Kind == ParquetNodeKind.Leaf ? [this] : Children.SelectMany(child => child.Leaves);
}
