using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The latest values of all entities of a table, from some moment on.</summary>
/// <param name="Rows">The rows that may answer.</param>
/// <param name="Columns">Their values, column by column.</param>
internal sealed record LatestValues(LatestRows Rows, IReadOnlyList<IArrowArray> Columns)
{
    public long Size => Rows.Size + Columns.Sum(column => ArrowMemory.SizeOf(column.Data));

    public static async Task<LatestValues> FindAsync(AsOfRead read, long moment, ReadCache cache, CancellationToken cancellationToken)
    {
        var source = await RowSource.OpenAsync(read.Rows.Source, cache, cancellationToken).ConfigureAwait(false);
        await using var opened = source.ConfigureAwait(false);
        var rows = await LatestRows.FindAsync(source, read, moment, cancellationToken).ConfigureAwait(false);
        var columns = await RowGatherer.GatherAsync(source, rows.Places, [.. read.Outputs.Select(output => output.Column)], cancellationToken).ConfigureAwait(false);
        return new LatestValues(rows, columns);
    }
}
