namespace Tauro.FeatureStore.Materialized;

/// <summary>The Parquet schema in which we write columns: three-level lists, <c>key_value</c> maps, the names that Delta and Spark expect.</summary>
internal static class ParquetWriteSchema
{
    public const string ListGroup = "list";
    public const string ListElement = "element";
    public const string MapGroup = "key_value";

    public static ParquetNode Of(ParquetColumn column) => Node(column.Name, column.Type, column.Nullable, new Place([], 0, 0, 0));

    private static ParquetNode Node(string name, DataType type, bool optional, Place place)
    {
        IReadOnlyList<string> path = [.. place.Path, name];
        var definition = place.Definition + (optional ? 1 : 0);
        var element = new Place([.. path, type.Kind == DataTypeKind.Map ? MapGroup : ListGroup], definition + 1, definition + 1, place.SlotRepetition + 1);
        return new ParquetNode
        {
            Name = name,
            Kind = KindOf(type),
            Optional = optional,
            Definition = definition,
            SlotDefinition = place.SlotDefinition,
            SlotRepetition = place.SlotRepetition,
            Path = path,
            LeafType = type.IsNested ? null : ParquetLeafType.Of(type),
            Children = type.Kind switch
            {
                DataTypeKind.Array => [Node(ListElement, type.Element!, optional: true, element)],
                DataTypeKind.Map => [KeyValue(type, element)],
                DataTypeKind.Struct => [.. type.Members.Select(member =>
                    Node(member.Name, member.Type, optional: true, place with { Path = path, Definition = definition }))],
                _ => [],
            },
        };
    }

    private static ParquetNode KeyValue(DataType map, Place place) => new()
    {
        Name = MapGroup,
        Kind = ParquetNodeKind.Struct,
        Optional = false,
        Definition = place.Definition,
        SlotDefinition = place.SlotDefinition,
        SlotRepetition = place.SlotRepetition,
        Path = place.Path,
        Children = [Node("key", map.Key!, optional: false, place), Node("value", map.Element!, optional: true, place)],
    };

    private static ParquetNodeKind KindOf(DataType type) => type.Kind switch
    {
        DataTypeKind.Array => ParquetNodeKind.List,
        DataTypeKind.Map => ParquetNodeKind.Map,
        DataTypeKind.Struct => ParquetNodeKind.Struct,
        _ => ParquetNodeKind.Leaf,
    };

    /// <summary>Where a node stands: under which path, and with which levels of what is around it.</summary>
    private sealed record Place(IReadOnlyList<string> Path, int Definition, int SlotDefinition, int SlotRepetition);
}
