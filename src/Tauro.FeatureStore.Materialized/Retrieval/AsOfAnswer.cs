using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The answer of one read of an as-of plan: first which row answers each spine row, found from keys and times alone; then the columns of those rows.</summary>
internal sealed class AsOfAnswer : IAsyncDisposable
{
    private readonly AsOfRead _read;
    private readonly RowSource _source;
    private readonly RowPlace[] _places;
    private readonly long[] _eventTimes;

    private AsOfAnswer(AsOfRead read, RowSource source, RowPlace[] places, long[] eventTimes) =>
        (_read, _source, _places, _eventTimes) = (read, source, places, eventTimes);

    public static async Task<AsOfAnswer> FindAsync(SpineRows spine, AsOfRead read, ColumnCache? cache, CancellationToken cancellationToken)
    {
        var source = await RowSource.OpenAsync(read.Rows.Source, cache, cancellationToken).ConfigureAwait(false);
        try
        {
            var search = new AsOfSearch(spine, spine.EntitiesOf(read.Keys), read, source);
            var matcher = await search.RunAsync(cancellationToken).ConfigureAwait(false);
            var places = new RowPlace[spine.Count];
            var eventTimes = read.EventTimeOutput is null ? [] : new long[spine.Count];
            matcher.Complete(places, eventTimes);
            return new AsOfAnswer(read, source, places, eventTimes);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The columns of some rows of the spine.</summary>
    public async Task<IReadOnlyList<IArrowArray>> ReadAsync(int start, int length, CancellationToken cancellationToken)
    {
        PlanColumn[] outputs = [.. _read.Outputs.Select(output => output.Column)];
        List<IArrowArray> columns = [.. await RowGatherer.GatherAsync(_source, _places.AsMemory(start, length), outputs, cancellationToken).ConfigureAwait(false)];
        if (_read.EventTimeOutput is not null) columns.Add(BuildEventTimes(start, length));
        if (_read.MatchOutput is not null) columns.Add(BuildMatches(start, length));
        return columns;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private IArrowArray BuildEventTimes(int start, int length)
    {
        var builder = new FixedWidthBuilder<long>(DataType.Timestamp);
        for (var i = start; i < start + length; i++)
        {
            if (_places[i].IsNone || _read.Rows.EventTime is null) builder.AppendNull();
            else builder.Append(_eventTimes[i]);
        }

        return builder.Build();
    }

    private IArrowArray BuildMatches(int start, int length)
    {
        var builder = new BooleanBuilder();
        for (var i = start; i < start + length; i++) builder.Append(!_places[i].IsNone);
        return builder.Build();
    }
}
