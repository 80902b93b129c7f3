namespace Tauro.FeatureStore.Materialized;

/// <summary>How a column of a file becomes a column of ours: the file's schema and our type, matched node by node before anything is read.</summary>
internal sealed class ReadPlan
{
    private ReadPlan(ParquetNode node, DataType type)
    {
        Node = node;
        Type = type;
    }

    public ParquetNode Node { get; }

    public DataType Type { get; }

    /// <summary>For a leaf, how its values are converted.</summary>
    public LeafCodec Codec { get; private init; }

    /// <summary>The parts: an array's element, a map's key and value, a struct's members; null for a member that the file lacks.</summary>
    public IReadOnlyList<ReadPlan?> Parts { get; private init; } = [];

    /// <summary>A leaf of the file whose levels tell where values, nulls and lists of this node begin.</summary>
    public ParquetNode LevelLeaf => Parts.FirstOrDefault(part => part is not null)?.LevelLeaf ?? Node.Leaves.First();

    /// <summary>The leaves whose values are wanted.</summary>
    public IEnumerable<ReadPlan> Leaves => Type.IsNested ? Parts.OfType<ReadPlan>().SelectMany(part => part.Leaves) : [this];

    /// <summary>Every node of the plan.</summary>
    public IEnumerable<ReadPlan> All => Parts.OfType<ReadPlan>().SelectMany(part => part.All).Prepend(this);

    /// <summary>Matches a node with a type, or gives null and the node and the type that do not match.</summary>
    public static ReadPlan? TryMake(ParquetNode node, DataType type, out (ParquetNode Node, DataType Type) mismatch)
    {
        mismatch = (node, type);
        switch (type.Kind)
        {
            case DataTypeKind.Array when node.Kind == ParquetNodeKind.List:
                return TryMake(node.Children[0], type.Element!, out mismatch) is { } element ? new ReadPlan(node, type) { Parts = [element] } : null;
            case DataTypeKind.Map when node.Kind == ParquetNodeKind.Map && node.Children[0].Children.Count == 2:
                var pair = node.Children[0].Children;
                return TryMake(pair[0], type.Key!, out mismatch) is { } key && TryMake(pair[1], type.Element!, out mismatch) is { } value
                    ? new ReadPlan(node, type) { Parts = [key, value] }
                    : null;
            case DataTypeKind.Struct when node.Kind == ParquetNodeKind.Struct:
                return TryMakeStruct(node, type, ref mismatch);
            default:
                return node.LeafType is { } leaf && LeafCodecs.Find(leaf, type) is { } codec ? new ReadPlan(node, type) { Codec = codec } : null;
        }
    }

    private static ReadPlan? TryMakeStruct(ParquetNode node, DataType type, ref (ParquetNode Node, DataType Type) mismatch)
    {
        var parts = new ReadPlan?[type.Members.Count];
        for (var index = 0; index < parts.Length; index++)
        {
            var member = type.Members[index];
            var child = node.Children.FirstOrDefault(child => child.Name == member.Name);
            if (child is null) continue;
            parts[index] = TryMake(child, member.Type, out mismatch);
            if (parts[index] is null) return null;
        }

        return new ReadPlan(node, type) { Parts = parts };
    }
}
