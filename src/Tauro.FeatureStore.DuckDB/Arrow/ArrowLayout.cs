using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Engines;

/// <summary>Gives Arrow data another type of the same layout: another zone, other names of inner fields. No value is touched.</summary>
internal static class ArrowLayout
{
    /// <summary>The type of a column of a caller's query: DuckDB's, with timestamps in UTC and with the names of inner fields that this library uses.</summary>
    public static IArrowType Canonical(IArrowType type) => type switch
    {
        TimestampType timestamp => new TimestampType(timestamp.Unit, ArrowTypes.UtcZone),
        MapType map => new MapType(
            new Field("key", Canonical(map.KeyField.DataType), nullable: false), new Field("value", Canonical(map.ValueField.DataType), nullable: true)),
        ListType list => new ListType(new Field("element", Canonical(list.ValueDataType), nullable: true)),
        FixedSizeListType list => new FixedSizeListType(new Field("element", Canonical(list.ValueDataType), nullable: true), list.ListSize),
        StructType composite => new StructType([.. composite.Fields.Select(field => new Field(field.Name, Canonical(field.DataType), nullable: true))]),
        _ => type,
    };

    /// <summary>The same buffers under another type.</summary>
    /// <exception cref="InvalidOperationException">The layouts differ.</exception>
    public static ArrayData Retype(ArrayData data, IArrowType type)
    {
        if (!SameLayout(data.DataType, type)) throw new InvalidOperationException($"DuckDB gave a column of the Arrow type {data.DataType} where {type} was wanted.");
        ArrayData[]? children = type switch
        {
            MapType map => [Retype(data.Children[0], map.KeyValueType)],
            ListType list => [Retype(data.Children[0], list.ValueDataType)],
            FixedSizeListType list => [Retype(data.Children[0], list.ValueDataType)],
            StructType composite => [.. data.Children.Select((child, i) => Retype(child, composite.Fields[i].DataType))],
            _ => data.Children,
        };
        return new ArrayData(type, data.Length, data.NullCount, data.Offset, data.Buffers, children, data.Dictionary);
    }

    private static bool SameLayout(IArrowType left, IArrowType right) => (left, right) switch
    {
        (TimestampType a, TimestampType b) => a.Unit == b.Unit,
        (Decimal128Type a, Decimal128Type b) => a.Precision == b.Precision && a.Scale == b.Scale,
        (StructType a, StructType b) => a.Fields.Count == b.Fields.Count,
        (FixedSizeListType a, FixedSizeListType b) => a.ListSize == b.ListSize,
        _ => left.TypeId == right.TypeId,
    };
}
