using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The answer of a read at one moment, from latest values that are in the cache.</summary>
internal sealed class LatestAnswer : ReadAnswer
{
    private readonly LatestValues _values;
    private readonly int[] _rows;

    public LatestAnswer(AsOfRead read, LatestValues values, IReadOnlyList<IArrowArray> keys, int count, long moment) : base(read)
    {
        _values = values;
        _rows = values.Rows.Find(KeyColumns.Of(keys, [.. read.Keys.Select(key => key.Type)]), count, moment, read.Visibility.Lookback);
    }

    public override string Path => "latest values";

    public override long RowsSearched => 0;

    protected override Task<IReadOnlyList<IArrowArray>> ReadOutputsAsync(int start, int length, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IArrowArray>>([.. _values.Columns.Select(column => ArrowTake.Take(column, _rows.AsSpan(start, length)))]);

    protected override long?[] FindEventTimes(int start, int length)
    {
        var eventTimes = new long?[length];
        for (var i = 0; i < length; i++)
            if (_rows[start + i] is not LatestRows.None and var row) eventTimes[i] = _values.Rows.EventTimes[row];
        return eventTimes;
    }
}
