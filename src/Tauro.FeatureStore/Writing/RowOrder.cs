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
        return Find(KeyColumns.Of(arrays, types), rows);
    }

    /// <summary>The places of the rows in the order of some columns, first to last, and as they came where all are equal; null where they are in it already.</summary>
    public static int[]? Find(KeyColumns columns, int rows)
    {
        if (IsOrdered(columns, rows)) return null;
        return columns.Columns.All(column => column is WholeKeyColumn) ? RadixOrder.Find([.. columns.Columns.Cast<WholeKeyColumn>()]) : MergedRuns.Find(columns, rows);
    }

    private static bool IsOrdered(KeyColumns columns, int rows)
    {
        for (var place = 1; place < rows; place++)
            if (columns.Compare(place - 1, place) > 0) return false;
        return true;
    }
}
