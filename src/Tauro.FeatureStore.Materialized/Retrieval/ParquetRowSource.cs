using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The row groups of Parquet files. Files stay open for the time of a read, so that a clean-up of the table does not take them away.</summary>
internal sealed class ParquetRowSource : RowSource
{
    private const int BufferSize = 1 << 16;

    private readonly List<ParquetFileReader> _files = [];
    private readonly List<(ParquetFileReader File, int RowGroup)> _rowGroups = [];
    private readonly List<RowChunk> _chunks = [];

    private ParquetRowSource()
    {
    }

    public override IReadOnlyList<RowChunk> Chunks => _chunks;

    public static async Task<ParquetRowSource> OpenAsync(ParquetSource source, CancellationToken cancellationToken)
    {
        var rows = new ParquetRowSource();
        try
        {
            foreach (var file in source.Files) await rows.AddAsync(file, cancellationToken).ConfigureAwait(false);
            return rows;
        }
        catch
        {
            await rows.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override IReadOnlyList<RowRange> Find(int chunk, IReadOnlyList<ColumnFilter> filters)
    {
        var (file, rowGroup) = _rowGroups[chunk];
        foreach (var filter in filters)
            if (file.TryGetBounds(rowGroup, filter.Column.Name, out var min, out var max) && !filter.MayMatch(min, max)) return [];

        IReadOnlyList<RowRange> found = [new RowRange(0, _chunks[chunk].Rows)];
        foreach (var filter in filters)
            if (file.FindPageBounds(rowGroup, filter.Column.Name, filter.Column.Type) is { } bounds)
                found = RowRange.Intersect(found, MayMatch(file.FindFlat(rowGroup, filter.Column.Name, filter.Column.Type)!.Pages!, bounds, filter));
        return found;
    }

    public override async ValueTask<IArrowArray> ReadAsync(int chunk, PlanColumn column, RowRange range, CancellationToken cancellationToken)
    {
        var (file, rowGroup) = _rowGroups[chunk];
        if (file.FindFlat(rowGroup, column.Name, column.Type) is { } flat)
        {
            using var buffer = new PageBuffer();
            if (FlatColumnReader.TryRead(flat, range, column.Type, buffer, cancellationToken) is { } values) return values;
        }

        var whole = await file.ReadColumnAsync(rowGroup, column.Name, column.Type, cancellationToken).ConfigureAwait(false);
        if (range.Count == whole.Length) return whole;
        using (whole) return ArrowArrayFactory.SliceShared(whole, range.From, range.Count);
    }

    public override bool TryScatter(int chunk, PlanColumn column, ReadOnlySpan<WantedRow> wanted, ScatterTarget target, CancellationToken cancellationToken)
    {
        var (file, rowGroup) = _rowGroups[chunk];
        if (file.FindFlat(rowGroup, column.Name, column.Type) is not { Pages: { } pages } flat) return false;
        using var buffer = new PageBuffer();
        while (!wanted.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = pages[flat.PageOf(wanted[0].Row)];
            var count = CountBefore(wanted, page.End);
            if (!buffer.TryRead(flat, page, out var values, out var present)) return false;
            target.Put(wanted[..count], page.FirstRow, values, present);
            wanted = wanted[count..];
        }

        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var file in _files) await file.DisposeAsync().ConfigureAwait(false);
    }

    private static List<RowRange> MayMatch(IReadOnlyList<PageLocation> pages, IReadOnlyList<PageBounds> bounds, ColumnFilter filter)
    {
        var ranges = new List<RowRange>();
        for (var page = 0; page < pages.Count; page++)
        {
            if (bounds[page].IsEmpty || !filter.MayMatch(bounds[page].Min, bounds[page].Max)) continue;
            if (ranges.Count > 0 && ranges[^1].End == pages[page].FirstRow) ranges[^1] = RowRange.Between(ranges[^1].From, pages[page].End);
            else ranges.Add(new RowRange(pages[page].FirstRow, pages[page].Rows));
        }

        return ranges;
    }

    private static int CountBefore(ReadOnlySpan<WantedRow> wanted, int row)
    {
        var (low, high) = (0, wanted.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (wanted[middle].Row < row) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private async Task AddAsync(ParquetSourceFile file, CancellationToken cancellationToken)
    {
        var reader = await ParquetFileReader.OpenAsync(Open(file.Path), cancellationToken).ConfigureAwait(false);
        _files.Add(reader);
        for (var rowGroup = 0; rowGroup < reader.RowGroupCount; rowGroup++)
        {
            _rowGroups.Add((reader, rowGroup));
            _chunks.Add(new RowChunk(checked((int)reader.RowsIn(rowGroup)), file.CreatedTime));
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferSize, FileOptions.Asynchronous | FileOptions.RandomAccess);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FeatureMaterializationException($"The data file '{path}', which the table's log names, cannot be opened: {failure.Message}", failure);
        }
    }
}
