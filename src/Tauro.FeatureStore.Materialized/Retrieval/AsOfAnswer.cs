using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The answer of one read of an as-of plan: first which row answers each spine row, found from keys and times alone; then the columns of those rows.</summary>
internal sealed class AsOfAnswer : IAsyncDisposable
{
    private readonly AsOfRead _read;
    private readonly RowSource _source;
    private readonly SpineEntities _spine;
    private readonly SlotAnswers _answers;

    private AsOfAnswer(AsOfRead read, RowSource source, SpineEntities spine, SlotAnswers answers) => (_read, _source, _spine, _answers) = (read, source, spine, answers);

    public static async Task<AsOfAnswer> FindAsync(SpineRows spine, AsOfRead read, ColumnCache? cache, CancellationToken cancellationToken)
    {
        var source = await RowSource.OpenAsync(read.Rows.Source, cache, cancellationToken).ConfigureAwait(false);
        try
        {
            var entities = spine.EntitiesOf(read.Keys);
            var matcher = await new AsOfSearch(spine, entities, read, source).RunAsync(cancellationToken).ConfigureAwait(false);
            return new AsOfAnswer(read, source, entities, matcher.Complete());
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
        var wanted = WantedRows.Of(_answers.Places, _spine.Rows, start, length, _source.Chunks.Count);
        PlanColumn[] outputs = [.. _read.Outputs.Select(output => output.Column)];
        List<IArrowArray> columns = [.. await RowGatherer.GatherAsync(_source, wanted, outputs, cancellationToken).ConfigureAwait(false)];
        if (_read.EventTimeOutput is not null) columns.Add(BuildEventTimes(wanted, start));
        if (_read.MatchOutput is not null) columns.Add(BuildMatches(wanted));
        return columns;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private IArrowArray BuildEventTimes(WantedRows wanted, int start)
    {
        var rows = _spine.Rows;
        var found = _answers.EventTimes;
        var times = new long[wanted.Count];
        for (var slot = 0; slot < rows.Length; slot++)
            if ((uint)(rows[slot] - start) < (uint)times.Length) times[rows[slot] - start] = found[slot];

        var builder = new FixedWidthBuilder<long>(DataType.Timestamp);
        for (var i = 0; i < times.Length; i++)
        {
            if (wanted.IsMissing(i) || _read.Rows.EventTime is null) builder.AppendNull();
            else builder.Append(times[i]);
        }

        return builder.Build();
    }

    private static IArrowArray BuildMatches(WantedRows wanted)
    {
        var builder = new BooleanBuilder();
        for (var i = 0; i < wanted.Count; i++) builder.Append(!wanted.IsMissing(i));
        return builder.Build();
    }
}
