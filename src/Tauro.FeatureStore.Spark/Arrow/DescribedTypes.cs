using Apache.Arrow;
using Apache.Arrow.Types;
using Kind = Tauro.FeatureStore.Engines.Spark.Protocol.DataType.KindOneofCase;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The columns of a query that was only analysed, in the Arrow types that its rows would have.</summary>
internal static class DescribedTypes
{
    public static Schema ToSchema(Protocol.DataType described) =>
        new([.. described.Struct.Fields.Select(field => new Field(field.Name, ToArrow(field.DataType, field.Name), field.Nullable))], null);

    private static IArrowType ToArrow(Protocol.DataType type, string column) => type.KindCase switch
    {
        Kind.Null => NullType.Default,
        Kind.Binary => BinaryType.Default,
        Kind.Boolean => BooleanType.Default,
        Kind.Byte or Kind.Short or Kind.Integer => Int32Type.Default,
        Kind.Long => Int64Type.Default,
        Kind.Float => FloatType.Default,
        Kind.Double => DoubleType.Default,
        Kind.Decimal => new Decimal128Type(type.Decimal.HasPrecision ? type.Decimal.Precision : 10, type.Decimal.HasScale ? type.Decimal.Scale : 0),
        Kind.String or Kind.Char or Kind.VarChar => StringType.Default,
        Kind.Date => Date32Type.Default,
        Kind.Timestamp or Kind.TimestampNtz => ArrowTypes.ToArrow(DataType.Timestamp),
        Kind.Array => new ListType(new Field("element", ToArrow(type.Array.ElementType, column), nullable: true)),
        Kind.Map => new MapType(
            new Field("key", ToArrow(type.Map.KeyType, column), nullable: false), new Field("value", ToArrow(type.Map.ValueType, column), nullable: true)),
        Kind.Struct => new StructType([.. type.Struct.Fields.Select(field => new Field(field.Name, ToArrow(field.DataType, column), nullable: true))]),
        Kind.Udt => ToArrow(type.Udt.SqlType, column),
        var other => throw new VirtualizationQueryException($"The column '{column}' of the query is of Spark's type {(other == Kind.None ? "of a newer version" : other.ToString())}, which has no Arrow type here. Cast it to another type."),
    };
}
