using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The row groups of Parquet files. Files stay open for the time of a read, so that a clean-up of the table does not take them away.</summary>
internal sealed class ParquetRowSource : RowSource
{
    private const int BufferSize = 1 << 16;

    /// <summary>The part of a column's rows, one in so many, from which on it is decoded whole for the cache.</summary>
    private const int WorthKeeping = 32;

    private readonly List<ParquetFileReader> _files = [];
    private readonly List<(ParquetFileReader File, int RowGroup)> _rowGroups = [];
    private readonly List<RowChunk> _chunks = [];
    private readonly List<string> _paths = [];
    private readonly ReadCache? _cache;

    private volatile bool _readsFiles;

    private ParquetRowSource(ReadCache? cache) => _cache = cache;

    public override IReadOnlyList<RowChunk> Chunks => _chunks;

    public override bool ReadsFiles => _readsFiles;

    /// <summary>A cache keeps whole columns, so they are read whole.</summary>
    public override int RowsPerPiece => _cache is null ? base.RowsPerPiece : int.MaxValue;

    public static async Task<ParquetRowSource> OpenAsync(ParquetSource source, ReadCache? cache, CancellationToken cancellationToken)
    {
        var rows = new ParquetRowSource(cache);
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

    public override bool TryGetBounds(int chunk, PlanColumn column, out long min, out long max)
    {
        var (file, rowGroup) = _rowGroups[chunk];
        return file.TryGetBounds(rowGroup, column.Name, out min, out max);
    }

    public override async ValueTask<IArrowArray> ReadAsync(int chunk, PlanColumn column, RowRange range, CancellationToken cancellationToken)
    {
        if (_cache is null) return await DecodeAsync(chunk, column, range, cancellationToken).ConfigureAwait(false);
        var place = PlaceOf(chunk, column);
        if (_cache.Find(place, range) is { } known) return known;
        if (!IsWorthKeeping(chunk, range.Count)) return await DecodeAsync(chunk, column, range, cancellationToken).ConfigureAwait(false);
        var whole = await DecodeAsync(chunk, column, new RowRange(0, _chunks[chunk].Rows), cancellationToken).ConfigureAwait(false);
        _cache.Keep(place, whole);
        return ArrowArrayFactory.SliceShared(whole, range.From, range.Count);
    }

    public override bool TryScatter(int chunk, PlanColumn column, ReadOnlySpan<WantedRow> wanted, ScatterTarget target, CancellationToken cancellationToken)
    {
        if (_cache is not null && (IsWorthKeeping(chunk, wanted.Length) || _cache.Holds(PlaceOf(chunk, column)))) return false;
        var (file, rowGroup) = _rowGroups[chunk];
        if (file.FindFlat(rowGroup, column.Name, column.Type) is not { Pages: { } pages } flat) return false;
        _readsFiles = true;
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

    /// <summary>Whether a read takes so much of a column that the whole of it is worth decoding: a look-up of a few rows is not.</summary>
    private bool IsWorthKeeping(int chunk, int rows) => rows > 0 && rows >= _chunks[chunk].Rows / WorthKeeping;

    private ColumnPlace PlaceOf(int chunk, PlanColumn column) => new(_paths[chunk], _rowGroups[chunk].RowGroup, column);

    private async ValueTask<IArrowArray> DecodeAsync(int chunk, PlanColumn column, RowRange range, CancellationToken cancellationToken)
    {
        _readsFiles = true;
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
        var sequence = file.FirstSequence;
        for (var rowGroup = 0; rowGroup < reader.RowGroupCount; rowGroup++)
        {
            var rows = checked((int)reader.RowsIn(rowGroup));
            _rowGroups.Add((reader, rowGroup));
            _paths.Add(file.Path);
            _chunks.Add(new RowChunk(rows, file.CreatedTime, sequence, file.MixesCommits));
            sequence += rows;
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
