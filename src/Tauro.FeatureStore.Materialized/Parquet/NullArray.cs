using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Makes arrays of nothing but nulls, for columns and struct members that a file does not have.</summary>
internal static class NullArray
{
    public static ArrayData Of(DataType type, int length) => Of(type, ArrowTypes.ToArrow(type), length);

    private static ArrayData Of(DataType type, IArrowType arrow, int length)
    {
        var validity = Zeros((length + 7) / 8);
        return type.Kind switch
        {
            DataTypeKind.String => Make(arrow, length, [validity, Zeros((length + 1) * sizeof(int)), ArrowBuffer.Empty], []),
            DataTypeKind.Array => Make(arrow, length, [validity, Zeros((length + 1) * sizeof(int))], [Of(type.Element!, 0)]),
            DataTypeKind.Map => Make(arrow, length, [validity, Zeros((length + 1) * sizeof(int))],
                [new ArrayData(((MapType)arrow).Fields[0].DataType, 0, 0, 0, [ArrowBuffer.Empty], [Of(type.Key!, 0), Of(type.Element!, 0)])]),
            DataTypeKind.Struct => Make(arrow, length, [validity], [.. type.Members.Select(member => Of(member.Type, length))]),
            DataTypeKind.Boolean => Make(arrow, length, [validity, validity], []),
            _ => Make(arrow, length, [validity, Zeros(length * (((FixedWidthType)arrow).BitWidth / 8))], []),
        };
    }

    private static ArrayData Make(IArrowType type, int length, ArrowBuffer[] buffers, ArrayData[] children) =>
        new(type, length, length, 0, buffers, children);

    private static ArrowBuffer Zeros(int count) => count == 0 ? ArrowBuffer.Empty : new ArrowBuffer(new byte[count]);
}
