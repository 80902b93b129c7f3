using Parquet.Meta;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Writes the schema of a footer: the tree of its nodes, flattened, parents first.</summary>
internal static class ParquetFooterSchema
{
    private const short LogicalString = 1;
    private const short LogicalMap = 2;
    private const short LogicalList = 3;
    private const short LogicalDecimal = 5;
    private const short LogicalDate = 6;
    private const short LogicalTimestamp = 8;

    public static void Write(ThriftCompactWriter thrift, short id, IReadOnlyList<ParquetNode> columns)
    {
        thrift.List(id, 1 + columns.Sum(CountElements), ThriftCompactWriter.StructElement);
        Group(thrift, null, "schema", columns.Count, null);
        foreach (var column in columns) Node(thrift, column);
    }

    private static int CountElements(ParquetNode node) => node.Kind switch
    {
        ParquetNodeKind.List => 2 + CountElements(node.Children[0]),
        ParquetNodeKind.Leaf => 1,
        _ => 1 + node.Children.Sum(CountElements),
    };

    private static void Node(ThriftCompactWriter thrift, ParquetNode node)
    {
        var repetition = node.Optional ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED;
        switch (node.Kind)
        {
            case ParquetNodeKind.Leaf:
                Leaf(thrift, node, repetition);
                break;
            case ParquetNodeKind.Struct:
                Group(thrift, repetition, node.Name, node.Children.Count, null);
                foreach (var member in node.Children) Node(thrift, member);
                break;
            case ParquetNodeKind.List:
                Group(thrift, repetition, node.Name, 1, ConvertedType.LIST);
                Group(thrift, FieldRepetitionType.REPEATED, ParquetWriteSchema.ListGroup, 1, null);
                Node(thrift, node.Children[0]);
                break;
            case ParquetNodeKind.Map:
                Group(thrift, repetition, node.Name, 1, ConvertedType.MAP);
                Group(thrift, FieldRepetitionType.REPEATED, ParquetWriteSchema.MapGroup, 2, null);
                foreach (var part in node.Children[0].Children) Node(thrift, part);
                break;
        }
    }

    private static void Group(ThriftCompactWriter thrift, FieldRepetitionType? repetition, string name, int children, ConvertedType? annotation)
    {
        thrift.BeginStruct();
        if (repetition is { } known) thrift.I32(3, (int)known);
        thrift.Text(4, name);
        thrift.I32(5, children);
        if (annotation is { } converted)
        {
            thrift.I32(6, (int)converted);
            thrift.BeginStruct(10);
            thrift.EmptyStruct(converted == ConvertedType.MAP ? LogicalMap : LogicalList);
            thrift.EndStruct();
        }

        thrift.EndStruct();
    }

    private static void Leaf(ThriftCompactWriter thrift, ParquetNode node, FieldRepetitionType repetition)
    {
        var type = node.LeafType!;
        thrift.BeginStruct();
        thrift.I32(1, (int)type.Physical);
        if (type.Length > 0) thrift.I32(2, type.Length);
        thrift.I32(3, (int)repetition);
        thrift.Text(4, node.Name);
        switch (type.Meaning)
        {
            case ParquetMeaning.Text:
                thrift.I32(6, (int)ConvertedType.UTF8);
                thrift.BeginStruct(10);
                thrift.EmptyStruct(LogicalString);
                thrift.EndStruct();
                break;
            case ParquetMeaning.Date:
                thrift.I32(6, (int)ConvertedType.DATE);
                thrift.BeginStruct(10);
                thrift.EmptyStruct(LogicalDate);
                thrift.EndStruct();
                break;
            case ParquetMeaning.Decimal:
                thrift.I32(6, (int)ConvertedType.DECIMAL);
                thrift.I32(7, type.Scale);
                thrift.I32(8, type.Precision);
                thrift.BeginStruct(10);
                thrift.BeginStruct(LogicalDecimal);
                thrift.I32(1, type.Scale);
                thrift.I32(2, type.Precision);
                thrift.EndStruct();
                thrift.EndStruct();
                break;
            case ParquetMeaning.TimestampMicros:
                thrift.I32(6, (int)ConvertedType.TIMESTAMP_MICROS);
                thrift.BeginStruct(10);
                thrift.BeginStruct(LogicalTimestamp);
                thrift.Bool(1, value: true);
                thrift.BeginStruct(2);
                thrift.EmptyStruct(2);
                thrift.EndStruct();
                thrift.EndStruct();
                thrift.EndStruct();
                break;
        }

        thrift.EndStruct();
    }
}
