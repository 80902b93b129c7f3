using Parquet.Meta;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Understands the schema of a file that anyone wrote: three-level lists, and by the rules of Parquet's documentation the older forms.
/// </summary>
internal sealed class ParquetReadSchema
{
    private readonly IReadOnlyList<SchemaElement> _elements;
    private int _next;

    private ParquetReadSchema(IReadOnlyList<SchemaElement> elements) => _elements = elements;

    /// <summary>The top-level columns, each with its flat part of the schema.</summary>
    public static IReadOnlyList<(ParquetNode Node, IReadOnlyList<SchemaElement> Elements)> Read(IReadOnlyList<SchemaElement> elements)
    {
        var schema = new ParquetReadSchema(elements);
        var columns = new List<(ParquetNode, IReadOnlyList<SchemaElement>)>();
        for (schema._next = 1; schema._next < elements.Count;)
        {
            var from = schema._next;
            var node = schema.Node(new Place([], 0, 0, 0));
            columns.Add((node, [.. elements.Skip(from).Take(schema._next - from)]));
        }

        return columns;
    }

    private ParquetNode Node(Place place)
    {
        var element = _elements[_next];
        if (element.RepetitionType == FieldRepetitionType.REPEATED) return Repeated(element, place);
        _next++;
        var optional = element.RepetitionType != FieldRepetitionType.REQUIRED;
        var inner = place.Within(element.Name, optional);
        if (element.Type is not null) return Leaf(element, place, optional);
        if (IsList(element)) return Collection(ParquetNodeKind.List, element.Name, optional, place, List(element.Name, inner));
        if (IsMap(element)) return Collection(ParquetNodeKind.Map, element.Name, optional, place, Group(inner.Element()));
        return Struct(element, optional, place, inner);
    }

    /// <summary>A repeated field outside of a list is a list itself, which is never null, nor are its elements.</summary>
    private ParquetNode Repeated(SchemaElement element, Place place) =>
        Collection(ParquetNodeKind.List, element.Name, optional: false, place, Group(place.Element()));

    /// <summary>The element of a list: what the repeated group holds, or in older files the repeated field itself.</summary>
    private ParquetNode List(string listName, Place list)
    {
        var repeated = _elements[_next];
        var isElement = repeated.Type is not null || repeated.NumChildren != 1 || repeated.Name == "array" || repeated.Name == listName + "_tuple";
        if (isElement) return Group(list.Element());
        _next++;
        return Node(list.Element().Within(repeated.Name, optional: false));
    }

    /// <summary>The repeated field that comes next, taken as one element.</summary>
    private ParquetNode Group(Place place)
    {
        var element = _elements[_next++];
        return element.Type is not null
            ? Leaf(element, place, optional: false)
            : Struct(element, optional: false, place, place.Within(element.Name, optional: false));
    }

    private ParquetNode Struct(SchemaElement element, bool optional, Place place, Place inner)
    {
        var children = new List<ParquetNode>();
        for (var child = 0; child < (element.NumChildren ?? 0); child++) children.Add(Node(inner));
        return new ParquetNode
        {
            Name = element.Name,
            Kind = ParquetNodeKind.Struct,
            Optional = optional,
            Definition = inner.Definition,
            SlotDefinition = place.SlotDefinition,
            SlotRepetition = place.SlotRepetition,
            Path = inner.Path,
            Children = children,
        };
    }

    private static ParquetNode Collection(ParquetNodeKind kind, string name, bool optional, Place place, ParquetNode element) => new()
    {
        Name = name,
        Kind = kind,
        Optional = optional,
        Definition = place.Definition + (optional ? 1 : 0),
        SlotDefinition = place.SlotDefinition,
        SlotRepetition = place.SlotRepetition,
        Path = [.. place.Path, name],
        Children = [element],
    };

    private static ParquetNode Leaf(SchemaElement element, Place place, bool optional) => new()
    {
        Name = element.Name,
        Kind = ParquetNodeKind.Leaf,
        Optional = optional,
        Definition = place.Definition + (optional ? 1 : 0),
        SlotDefinition = place.SlotDefinition,
        SlotRepetition = place.SlotRepetition,
        Path = [.. place.Path, element.Name],
        LeafType = TypeOf(element),
    };

    private static bool IsList(SchemaElement element) => element.ConvertedType == ConvertedType.LIST || element.LogicalType?.LIST is not null;

    private static bool IsMap(SchemaElement element) =>
        element.ConvertedType is ConvertedType.MAP or ConvertedType.MAP_KEY_VALUE || element.LogicalType?.MAP is not null;

    private static ParquetLeafType TypeOf(SchemaElement element)
    {
        var physical = element.Type!.Value;
        var length = physical == Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY ? element.TypeLength ?? 0 : 0;
        var (precision, scale) = element.LogicalType?.DECIMAL is { } number
            ? (number.Precision, number.Scale)
            : (element.Precision ?? 0, element.Scale ?? 0);
        return MeaningOf(element) switch
        {
            (ParquetMeaning.Decimal, _) => new(physical, length, ParquetMeaning.Decimal, 0, precision, scale),
            var (meaning, width) => new(physical, length, meaning, width),
        };
    }

    private static (ParquetMeaning Meaning, int Width) MeaningOf(SchemaElement element) => element.LogicalType switch
    {
        { STRING: not null } or { ENUM: not null } or { JSON: not null } => (ParquetMeaning.Text, 0),
        { DECIMAL: not null } => (ParquetMeaning.Decimal, 0),
        { DATE: not null } => (ParquetMeaning.Date, 0),
        { TIMESTAMP.Unit.MILLIS: not null } => (ParquetMeaning.TimestampMillis, 0),
        { TIMESTAMP.Unit.MICROS: not null } => (ParquetMeaning.TimestampMicros, 0),
        { TIMESTAMP.Unit.NANOS: not null } => (ParquetMeaning.TimestampNanos, 0),
        { INTEGER: { IsSigned: var signed, BitWidth: var width } } => (signed ? ParquetMeaning.SignedInteger : ParquetMeaning.UnsignedInteger, width),
        { UUID: not null } or { TIME: not null } or { BSON: not null } or { FLOAT16: not null } => (ParquetMeaning.Other, 0),
        _ => MeaningOf(element.ConvertedType),
    };

    private static (ParquetMeaning Meaning, int Width) MeaningOf(ConvertedType? annotation) => annotation switch
    {
        null => (ParquetMeaning.None, 0),
        ConvertedType.UTF8 or ConvertedType.ENUM or ConvertedType.JSON => (ParquetMeaning.Text, 0),
        ConvertedType.DECIMAL => (ParquetMeaning.Decimal, 0),
        ConvertedType.DATE => (ParquetMeaning.Date, 0),
        ConvertedType.TIMESTAMP_MILLIS => (ParquetMeaning.TimestampMillis, 0),
        ConvertedType.TIMESTAMP_MICROS => (ParquetMeaning.TimestampMicros, 0),
        ConvertedType.INT_8 => (ParquetMeaning.SignedInteger, 8),
        ConvertedType.INT_16 => (ParquetMeaning.SignedInteger, 16),
        ConvertedType.INT_32 => (ParquetMeaning.SignedInteger, 32),
        ConvertedType.INT_64 => (ParquetMeaning.SignedInteger, 64),
        ConvertedType.UINT_8 => (ParquetMeaning.UnsignedInteger, 8),
        ConvertedType.UINT_16 => (ParquetMeaning.UnsignedInteger, 16),
        ConvertedType.UINT_32 => (ParquetMeaning.UnsignedInteger, 32),
        ConvertedType.UINT_64 => (ParquetMeaning.UnsignedInteger, 64),
        _ => (ParquetMeaning.Other, 0),
    };

    /// <summary>Where a node stands: under which path, and with which levels of what is around it.</summary>
    private sealed record Place(IReadOnlyList<string> Path, int Definition, int SlotDefinition, int SlotRepetition)
    {
        public Place Within(string name, bool optional) => this with { Path = [.. Path, name], Definition = Definition + (optional ? 1 : 0) };

        /// <summary>The place of an element of the list that stands here.</summary>
        public Place Element() => this with { Definition = Definition + 1, SlotDefinition = Definition + 1, SlotRepetition = SlotRepetition + 1 };
    }
}
