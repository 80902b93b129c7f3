namespace Tauro.FeatureStore;

/// <summary>What a column's value must be for a row to matter: one of some numbers, or within a range. It tells which parts of a file can be left unread.</summary>
internal sealed class ColumnFilter
{
    private readonly long[]? _values;
    private readonly long _min;
    private readonly long _max;

    private ColumnFilter(PlanColumn column, long[]? values, long min, long max) => (Column, _values, _min, _max) = (column, values, min, max);

    /// <summary>The column: of integers, dates (in days) or timestamps (in microseconds).</summary>
    public PlanColumn Column { get; }

    /// <summary>Only rows with one of these values matter.</summary>
    /// <param name="column">The column.</param>
    /// <param name="ascending">The values, in ascending order.</param>
    public static ColumnFilter OneOf(PlanColumn column, long[] ascending) => new(column, ascending, 0, 0);

    /// <summary>Only rows with a value in this range, both ends included, matter.</summary>
    public static ColumnFilter Between(PlanColumn column, long min, long max) => new(column, null, min, max);

    /// <summary>Whether a value within these bounds may matter.</summary>
    public bool MayMatch(long min, long max)
    {
        if (_values is null) return max >= _min && min <= _max;
        var at = System.Array.BinarySearch(_values, min);
        return at >= 0 || (~at < _values.Length && _values[~at] <= max);
    }
}
