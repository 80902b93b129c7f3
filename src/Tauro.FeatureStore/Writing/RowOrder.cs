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
            [WholeKeyColumn only] => Sort(rows, place => (only.Values[place], 0L)),
            [WholeKeyColumn first, WholeKeyColumn second] => Sort(rows, place => (first.Values[place], second.Values[place])),
            _ => Sort(columns, rows),
        };
    }

    private static bool IsOrdered(KeyColumns columns, int rows)
    {
        for (var place = 1; place < rows; place++)
            if (columns.Compare(place - 1, place) > 0) return false;
        return true;
    }

    /// <summary>Rows with at most two whole numbers to sort by: the numbers travel with the places, so that no comparison leaves the array.</summary>
    private static int[] Sort(int rows, Func<int, (long First, long Second)> keyOf)
    {
        var sorted = new SortRow[rows];
        for (var place = 0; place < rows; place++)
        {
            var (first, second) = keyOf(place);
            sorted[place] = new SortRow(first, second, place);
        }

        System.Array.Sort(sorted);
        return System.Array.ConvertAll(sorted, row => row.Place);
    }

    private static int[] Sort(KeyColumns columns, int rows)
    {
        var places = new int[rows];
        for (var place = 0; place < rows; place++) places[place] = place;
        System.Array.Sort(places, (left, right) => columns.Compare(left, right) is var order and not 0 ? order : left.CompareTo(right));
        return places;
    }

    private readonly record struct SortRow(long First, long Second, int Place) : IComparable<SortRow>
    {
        public int CompareTo(SortRow other)
        {
            if (First != other.First) return First < other.First ? -1 : 1;
            if (Second != other.Second) return Second < other.Second ? -1 : 1;
            return Place.CompareTo(other.Place);
        }
    }
}
