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

    public static async Task<AsOfAnswer> FindAsync(SpineRows spine, AsOfRead read, CancellationToken cancellationToken)
    {
        var (index, entities) = spine.EntitiesOf(read.Keys);
        var source = await RowSource.OpenAsync(read.Rows.Source, cancellationToken).ConfigureAwait(false);
        try
        {
            var latest = spine.Latest == long.MinValue ? long.MinValue : spine.Latest - read.Visibility.Delay;
            var candidates = await Candidates.CollectAsync(source, read, index, latest, cancellationToken).ConfigureAwait(false);
            var matcher = new AsOfMatcher(candidates, index?.Count ?? 1, read.Visibility);
            var places = new RowPlace[spine.Count];
            var eventTimes = read.EventTimeOutput is null ? [] : new long[spine.Count];
            Match(spine, entities, matcher, places, eventTimes);
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
        var gatherer = new RowGatherer(_source, _places.AsSpan(start, length));
        var columns = new List<IArrowArray>(_read.Outputs.Count + 2);
        foreach (var output in _read.Outputs) columns.Add(await gatherer.GatherAsync(output.Column, cancellationToken).ConfigureAwait(false));
        if (_read.EventTimeOutput is not null) columns.Add(BuildEventTimes(start, length));
        if (_read.MatchOutput is not null) columns.Add(BuildMatches(start, length));
        return columns;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static void Match(SpineRows spine, int[] entities, AsOfMatcher matcher, RowPlace[] places, long[] eventTimes)
    {
        var times = ArrowMemory.Values<long>(spine.Times);
        var validity = ArrowMemory.ValidityBits(spine.Times.Data);
        for (var row = 0; row < places.Length; row++)
        {
            places[row] = RowPlace.None;
            if (entities[row] == EntityIndex.None || !ArrowMemory.IsValid(validity, spine.Times.Data, row)) continue;
            places[row] = matcher.Match(entities[row], times[row], out var eventTime);
            if (eventTimes.Length > 0) eventTimes[row] = eventTime;
        }
    }

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
