using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore;

/// <summary>Whether two values of arrays of one canonical type are the same, to the last bit: a NaN equals itself, and a list another of equal elements.</summary>
internal static class ArrowEquality
{
    public static bool Equal(IArrowArray left, int i, IArrowArray right, int j)
    {
        var isNull = left.IsNull(i);
        if (isNull != right.IsNull(j)) return false;
        if (isNull) return true;
        switch (left, right)
        {
            case (BooleanArray one, BooleanArray other):
                return one.GetValue(i) == other.GetValue(j);
            case (StringArray one, StringArray other):
                return one.GetBytes(i).SequenceEqual(other.GetBytes(j));
            case (MapArray one, MapArray other):
                return EqualLists(one, one.KeyValues, i, other, other.KeyValues, j);
            case (ListArray one, ListArray other):
                return EqualLists(one, one.Values, i, other, other.Values, j);
            case (StructArray one, StructArray other):
                for (var member = 0; member < one.Fields.Count; member++)
                    if (!Equal(one.Fields[member], i, other.Fields[member], j)) return false;
                return true;
            default:
                return Bytes(left, i).SequenceEqual(Bytes(right, j));
        }
    }

    private static bool EqualLists(IArrowArray left, IArrowArray leftValues, int i, IArrowArray right, IArrowArray rightValues, int j)
    {
        var from = ArrowMemory.Offsets(left.Data);
        var to = ArrowMemory.Offsets(right.Data);
        var length = from[i + 1] - from[i];
        if (length != to[j + 1] - to[j]) return false;
        for (var element = 0; element < length; element++)
            if (!Equal(leftValues, from[i] + element, rightValues, to[j] + element)) return false;
        return true;
    }

    private static ReadOnlySpan<byte> Bytes(IArrowArray array, int place)
    {
        var width = ((FixedWidthType)array.Data.DataType).BitWidth / 8;
        return array.Data.Buffers[1].Span.Slice((array.Data.Offset + place) * width, width);
    }
}
