using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The answer of a read by a search: first which row answers each spine row, found from keys and times alone; then the columns of those rows.</summary>
internal sealed class AsOfAnswer : ReadAnswer
{
    private readonly AsOfRead _read;
    private readonly RowSource _source;
    private readonly SpineEntities _spine;
    private readonly SlotAnswers _answers;

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

    protected override Task<IReadOnlyList<IArrowArray>> ReadOutputsAsync(int start, int length, CancellationToken cancellationToken) => RowGatherer.GatherAsync(
        _source, WantedRows.Of(_answers.Places, _spine.Rows, start, length, _source.Chunks.Count), [.. _read.Outputs.Select(output => output.Column)], cancellationToken);

    protected override long?[] FindEventTimes(int start, int length)
    {
        var rows = _spine.Rows;
        var eventTimes = new long?[length];
        for (var slot = 0; slot < rows.Length; slot++)
            if ((uint)(rows[slot] - start) < (uint)length && !_answers.Places[slot].IsNone) eventTimes[rows[slot] - start] = _answers.EventTimes[slot];
        return eventTimes;
    }
}
