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

    protected override IArrowArray ReadEventTimes(int start, int length)
    {
        var builder = new FixedWidthBuilder<long>(DataType.Timestamp);
        foreach (var row in _rows.AsSpan(start, length))
        {
            if (row == LatestRows.None) builder.AppendNull();
            else builder.Append(_values.Rows.EventTimes[row]);
        }

        return builder.Build();
    }

    protected override IArrowArray ReadMatches(int start, int length)
    {
        var builder = new BooleanBuilder();
        foreach (var row in _rows.AsSpan(start, length)) builder.Append(row != LatestRows.None);
        return builder.Build();
    }
}
