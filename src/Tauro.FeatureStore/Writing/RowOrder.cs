using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>The order in which rows are stored: by entity key, then event time, and as they came where both are equal.</summary>
internal static class RowOrder
{
    /// <summary>The places of the rows in that order, or null where they are in it already.</summary>
    public static int[]? Find(IReadOnlyList<IArrowArray> keys, IReadOnlyList<DataType> keyTypes, IArrowArray? eventTimes, DataType eventTimeType, int rows)
    {
        IReadOnlyList<IArrowArray> arrays = eventTimes is null ? keys : [.. keys, eventTimes];
        IReadOnlyList<DataType> types = eventTimes is null ? keyTypes : [.. keyTypes, eventTimeType];
        var columns = KeyColumns.Of(arrays, types);
        if (IsOrdered(columns, rows)) return null;
        return columns.Columns switch
        {
            [WholeKeyColumn only] => RadixOrder.Find(only.Values, []),
            [WholeKeyColumn first, WholeKeyColumn second] => RadixOrder.Find(first.Values, second.Values),
            _ => Sort(columns, rows),
        };
    }

    private static bool IsOrdered(KeyColumns columns, int rows)
    {
        for (var place = 1; place < rows; place++)
            if (columns.Compare(place - 1, place) > 0) return false;
        return true;
    }

    private static int[] Sort(KeyColumns columns, int rows)
    {
        var places = new int[rows];
        for (var place = 0; place < rows; place++) places[place] = place;
        System.Array.Sort(places, (left, right) => columns.Compare(left, right) is var order and not 0 ? order : left.CompareTo(right));
        return places;
    }
}
