using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The answer of a read by a search: first which row answers each spine row, found from keys and times alone; then the columns of those rows.</summary>
internal sealed class AsOfAnswer : ReadAnswer
{
    private readonly AsOfRead _read;
    private readonly RowSource _source;
    private readonly SpineEntities _spine;
    private readonly SlotAnswers _answers;
    private WantedRows? _wanted;
    private (int Start, int Length) _range;

    private AsOfAnswer(AsOfRead read, RowSource source, SpineEntities spine, SlotAnswers answers, long rowsSearched) : base(read) =>
        (_read, _source, _spine, _answers, RowsSearched) = (read, source, spine, answers, rowsSearched);

    public override string Path => _source.ReadsFiles ? FromFiles : "cached columns";

    public override long RowsSearched { get; }

    public static async Task<AsOfAnswer> FindAsync(SpineRows spine, AsOfRead read, ReadCache? cache, CancellationToken cancellationToken)
    {
        var source = await RowSource.OpenAsync(read.Rows.Source, cache, cancellationToken).ConfigureAwait(false);
        try
        {
            var entities = spine.EntitiesOf(read.Keys);
            var search = new AsOfSearch(entities, read, source);
            var matcher = await search.RunAsync(cancellationToken).ConfigureAwait(false);
            return new AsOfAnswer(read, source, entities, matcher.Complete(), search.RowsSearched);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override Task<IReadOnlyList<IArrowArray>> ReadOutputsAsync(int start, int length, CancellationToken cancellationToken) =>
        RowGatherer.GatherAsync(_source, Wanted(start, length), [.. _read.Outputs.Select(output => output.Column)], cancellationToken);

    protected override IArrowArray ReadEventTimes(int start, int length)
    {
        var wanted = Wanted(start, length);
        var rows = _spine.Rows;
        var found = _answers.EventTimes;
        var times = new long[length];
        for (var slot = 0; slot < rows.Length; slot++)
            if ((uint)(rows[slot] - start) < (uint)length) times[rows[slot] - start] = found[slot];

        var builder = new FixedWidthBuilder<long>(DataType.Timestamp);
        for (var i = 0; i < length; i++)
        {
            if (wanted.IsMissing(i)) builder.AppendNull();
            else builder.Append(times[i]);
        }

        return builder.Build();
    }

    protected override IArrowArray ReadMatches(int start, int length)
    {
        var wanted = Wanted(start, length);
        var builder = new BooleanBuilder();
        for (var i = 0; i < length; i++) builder.Append(!wanted.IsMissing(i));
        return builder.Build();
    }

    /// <summary>The rows that answer for a part of the spine. One part is read after another, each with several calls.</summary>
    private WantedRows Wanted(int start, int length)
    {
        if (_wanted is null || _range != (start, length)) (_wanted, _range) = (WantedRows.Of(_answers.Places, _spine.Rows, start, length, _source.Chunks.Count), (start, length));
        return _wanted;
    }
}
