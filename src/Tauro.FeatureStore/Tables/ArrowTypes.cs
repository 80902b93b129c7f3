using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore;

/// <summary>The Arrow and the CLR column of the type table: one row for each <see cref="DataTypeKind"/>.</summary>
internal static class ArrowTypes
{
    public const string UtcZone = "UTC";
    private const string ElementName = "element";

    private static readonly TimestampType UtcMicroseconds = new(TimeUnit.Microsecond, UtcZone);

    /// <summary>The one Arrow type in which values of a data type are held.</summary>
    public static IArrowType ToArrow(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => Int32Type.Default,
        DataTypeKind.BigInt => Int64Type.Default,
        DataTypeKind.Float => FloatType.Default,
        DataTypeKind.Double => DoubleType.Default,
        DataTypeKind.Decimal => new Decimal128Type(type.Precision, type.Scale),
        DataTypeKind.String => StringType.Default,
        DataTypeKind.Boolean => BooleanType.Default,
        DataTypeKind.Timestamp => UtcMicroseconds,
        DataTypeKind.Date => Date32Type.Default,
        DataTypeKind.Array => new ListType(new Field(ElementName, ToArrow(type.Element!), nullable: true)),
        DataTypeKind.Map => new MapType(new Field("key", ToArrow(type.Key!), nullable: false), new Field("value", ToArrow(type.Element!), nullable: true)),
        DataTypeKind.Struct => new StructType([.. type.Members.Select(member => ToField(member.Name, member.Type))]),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public static Field ToField(string name, DataType type, bool nullable = true) => new(name, ToArrow(type), nullable);

    /// <summary>The data type that holds every value of an Arrow type exactly, or null where there is none.</summary>
    public static DataType? FromArrow(IArrowType type) => type switch
    {
        Int8Type or Int16Type or Int32Type or UInt8Type or UInt16Type => DataType.Int,
        Int64Type or UInt32Type or UInt64Type => DataType.BigInt,
        FloatType or HalfFloatType => DataType.Float,
        DoubleType => DataType.Double,
        Decimal32Type number => Decimal(number.Precision, number.Scale),
        Decimal64Type number => Decimal(number.Precision, number.Scale),
        Decimal128Type number => Decimal(number.Precision, number.Scale),
        StringType or StringViewType or LargeStringType => DataType.String,
        DictionaryType { ValueType: StringType } => DataType.String,
        BooleanType => DataType.Boolean,
        TimestampType => DataType.Timestamp,
        Date32Type or Date64Type => DataType.Date,
        MapType map => Map(map),
        ListType list => ArrayOf(list.ValueDataType),
        LargeListType list => ArrayOf(list.ValueDataType),
        FixedSizeListType list => ArrayOf(list.ValueDataType),
        StructType composite => Struct(composite),
        _ => null,
    };

    /// <summary>The CLR type of a value that is not null.</summary>
    public static Type ToClr(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => typeof(int),
        DataTypeKind.BigInt => typeof(long),
        DataTypeKind.Float => typeof(float),
        DataTypeKind.Double => typeof(double),
        DataTypeKind.Decimal => typeof(decimal),
        DataTypeKind.String => typeof(string),
        DataTypeKind.Boolean => typeof(bool),
        DataTypeKind.Timestamp => typeof(DateTimeOffset),
        DataTypeKind.Date => typeof(DateOnly),
        DataTypeKind.Array => ToNullableClr(type.Element!).MakeArrayType(),
        DataTypeKind.Map => typeof(IReadOnlyDictionary<,>).MakeGenericType(ToClr(type.Key!), ToNullableClr(type.Element!)),
        DataTypeKind.Struct => typeof(IReadOnlyDictionary<string, object?>),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The CLR type of a value that may be null.</summary>
    public static Type ToNullableClr(DataType type)
    {
        var clr = ToClr(type);
        return clr.IsValueType ? typeof(Nullable<>).MakeGenericType(clr) : clr;
    }

    private static DataType? Decimal(int precision, int scale) =>
        precision is >= 1 and <= DataType.MaxDecimalPrecision && scale >= 0 && scale <= precision ? DataType.Decimal(precision, scale) : null;

    private static DataType? ArrayOf(IArrowType element) => FromArrow(element) is { } type ? DataType.Array(type) : null;

    private static DataType? Map(MapType map) =>
        FromArrow(map.KeyField.DataType) is { IsNested: false } key && FromArrow(map.ValueField.DataType) is { } value ? DataType.Map(key, value) : null;

    private static DataType? Struct(StructType composite)
    {
        var members = new List<StructMember>(composite.Fields.Count);
        foreach (var field in composite.Fields)
        {
            if (FromArrow(field.DataType) is not { } type) return null;
            members.Add(new StructMember(field.Name, type));
        }

        return DataType.Struct([.. members]);
    }
}
